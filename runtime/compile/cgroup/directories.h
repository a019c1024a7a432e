// Where a container's cgroup goes if the config does not say.
#pragma once

#include <string>
#include <vector>

#include "runtime/plan/cgroup_plan.h"

namespace berth::plan {

/// The cgroup `name` (`/berth-web1`) of a caller who may make one anywhere.
CgroupDirectory own_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                              const std::vector<CgroupWrite>& writes);

/// The cgroup `name` where the caller may make one; otherwise the caller's own, inherited.
CgroupDirectory delegated_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                                    const std::vector<CgroupWrite>& writes);

}  // namespace berth::plan
