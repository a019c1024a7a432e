// Where a container's cgroup goes when nothing says where.
#pragma once

#include <string>
#include <vector>

#include "runtime/plan/cgroup_plan.h"

namespace berth::plan {

/// A cgroup `name` (`/berth-web1`) of a caller who may make one anywhere.
CgroupDirectory own_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                              const std::vector<CgroupWrite>& writes);

/// A cgroup `name` where we may make one; our own, inherited, where we may not.
CgroupDirectory delegated_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                                    const std::vector<CgroupWrite>& writes);

}  // namespace berth::plan
