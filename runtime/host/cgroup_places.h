// Finds places of cgroups that the texts of /proc do not give.
#pragma once

#include "runtime/host/cgroup_layout.h"

namespace berth::plan {

/// Finds what a container without a cgroupsPath needs: `found_place`, and where v2 can have limits.
void find_own_places(CgroupLayout& layout);

}  // namespace berth::plan
