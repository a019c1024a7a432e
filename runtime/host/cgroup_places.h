// Looks for places of cgroups that the texts of /proc do not name.
#pragma once

#include "runtime/host/cgroup_layout.h"

namespace berth::plan {

/// Looks for what only a container without a cgroupsPath has to know: `found_place`, and where v2
/// can have limits.
void find_own_places(CgroupLayout& layout);

}  // namespace berth::plan
