// Compiles linux.resources to writes, which differ between v1 and v2.
#pragma once

#include <vector>

#include "runtime/host/cgroup_layout.h"
#include "runtime/plan/cgroup_plan.h"
#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::plan {

/// The writes of all resources except devices, in an order that the kernel accepts.
std::vector<CgroupWrite> compile_resources(const spec::Resources& resources,
                                           const CgroupLayout& layout, Problems& problems);

}  // namespace berth::plan
