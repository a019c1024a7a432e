// Where a caller may make cgroups who is not root of this machine: in its own cgroup, or next to
// it, as far as somebody has given those to it. cgroups(7) "Delegating a hierarchy". In v2 a cgroup
// that has processes, as our own has, passes no controllers on: what is to have limits of its own
// goes next to it.
#pragma once

#include <string>
#include <vector>

#include "runtime/plan/cgroup.h"

namespace berth::plan {

/// Looks, and makes it a delegated layout. v2 is delegated together with `cgroup.procs`.
void find_delegated(CgroupLayout& layout);

/// A delegated layout as far as a container there can have limits: hierarchies where nothing is
/// delegated have no controllers, that of v2 those of the cgroup that holds our own.
CgroupLayout usable_part(const CgroupLayout& layout);

/// A cgroup `name` (`/berth-web1`) where we may make one; our own, inherited, where we may not.
CgroupDirectory delegated_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                                    const std::vector<CgroupWrite>& writes);

}  // namespace berth::plan
