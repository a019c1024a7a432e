// Where a container's cgroup goes when nothing says where: into our own, so that no limit of its
// caller's is escaped. In v2 a cgroup that has processes, as our own has, passes no controllers on:
// what is to have limits of its own goes next to it, or as far up as that takes. A caller who is
// not root of this machine makes them where they were delegated to it. cgroups(7) "Delegating a
// hierarchy"
#pragma once

#include <string>

#include "runtime/host/cgroup_layout.h"

namespace berth::plan {

/// Looks, and makes it a delegated layout. v2 is delegated together with `cgroup.procs`.
void find_delegated(CgroupLayout& layout);

/// A delegated layout as far as a container there can have limits: hierarchies where nothing is
/// delegated have no controllers, that of v2 those of the cgroup that holds our own.
CgroupLayout usable_part(const CgroupLayout& layout);

/// The cgroup above; a top is its own: that of all cgroups may have processes and limits.
std::string parent_of(const std::string& place);

}  // namespace berth::plan
