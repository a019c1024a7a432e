// Mount namespaces that a file keeps, as snapd does. The kernel attaches no tree that has such a
// mount in a mount namespace which is newer than the one that is kept (ELOOP).
#pragma once

#include <string>

#include "spec/config/config.h"

namespace berth::plan {

/// Whether the container's tree would have one, if it were built outside of its mount namespace:
/// below a directory that the config binds with all that is mounted there. A copy of the host's
/// mounts has none. A root that is not the host's own is not searched. `bundle` is where relative
/// paths begin.
bool brings_pinned_namespace(const spec::Config& config, const std::string& bundle);

}  // namespace berth::plan
