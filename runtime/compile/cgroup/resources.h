// linux.resources as writes, with the difference between v1 and v2 files.
#pragma once

#include <vector>

#include "runtime/host/cgroup_layout.h"
#include "runtime/plan/cgroup_plan.h"
#include "spec/config.h"
#include "spec/error.h"

namespace berth::plan {

/// The writes of all resources but devices, in a working order.
std::vector<CgroupWrite> compile_resources(const spec::Resources& resources,
                                           const CgroupLayout& layout, Problems& problems);

}  // namespace berth::plan
