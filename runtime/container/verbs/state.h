// The state document of a container, with a status derived from the kernel.
#pragma once

#include <optional>
#include <string>

#include "runtime/container/context.h"
#include "runtime/store/state_dir.h"
#include "spec/documents/state.h"

namespace berth::container {

/// RT-STATE-*
spec::State state(Context& context, const std::string& id);

/// Works even if only the container's directory exists yet; nothing if it was removed meanwhile.
std::optional<spec::State> read_state(const store::StateDir& dir);

}  // namespace berth::container
