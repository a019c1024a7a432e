// Compiles linux.resources to writes, which differ between v1 and v2.
#pragma once

#include <vector>

#include "runtime/compile/cgroup/resource_row.h"
#include "runtime/host/cgroup_layout.h"
#include "runtime/plan/cgroup_plan.h"
#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::plan {

/// The writes of all resources except devices, in an order that the kernel accepts in a new cgroup.
std::vector<CgroupWrite> compile_resources(const spec::Resources& resources,
                                           const CgroupLayout& layout, Problems& problems,
                                           const Standing& standing = {});

}  // namespace berth::plan
