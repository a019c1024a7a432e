// Lists the state documents of all containers.
#pragma once

#include <vector>

#include "runtime/container/context.h"
#include "spec/documents/state.h"

namespace berth::container {

/// A container that cannot be read is left out, and is a failure of the call.
std::vector<spec::State> list(Context& context);

}  // namespace berth::container
