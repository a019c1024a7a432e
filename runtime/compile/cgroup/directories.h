// Where a container's cgroup goes if the config does not say.
#pragma once

#include <string>
#include <vector>

#include "runtime/plan/cgroup_plan.h"

namespace berth::plan {

/// The caller's own cgroup, which is not changed.
CgroupDirectory inherited_directory(const CgroupHierarchy& hierarchy);

/// The cgroup `name` (`/berth-web1`). If the caller may make cgroups only where they are delegated,
/// it is there; if that is nowhere, it is the caller's own cgroup, inherited.
CgroupDirectory chosen_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                                 const std::vector<CgroupWrite>& writes, bool is_delegated);

}  // namespace berth::plan
