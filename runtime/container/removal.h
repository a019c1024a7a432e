// The end of a container, shared by delete, by a failed start and by run.
#pragma once

#include "runtime/container/container.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

/// Kills what is left of it, removes cgroups and resctrl groups, runs the poststop hooks (a failing
/// one is a warning), then removes the Record. May be repeated; what cannot be removed is an error
/// and the Record stays.
void destroy(Site& site, store::StateDir& dir, const store::Record& record);

}  // namespace berth::container
