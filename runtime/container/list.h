// The state document of every container.
#pragma once

#include <vector>

#include "runtime/container/site.h"
#include "spec/state.h"

namespace berth::container {

/// A container that cannot be read is a failure of the call, and left out.
std::vector<spec::State> list(Site& site);

}  // namespace berth::container
