// Compiles linux.cgroupsPath and linux.resources to a CgroupPlan. Pure.
#pragma once

#include <string>

#include "runtime/host/cgroup_layout.h"
#include "runtime/plan/cgroup_plan.h"
#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::plan {

/// Problems are at their exact pointer: Config for what is wrong, Unsupported for what this host or
/// this berth cannot do. config-linux.md, "Control groups"
CgroupPlan compile_cgroup(const spec::Config& config, const std::string& id,
                          const CgroupLayout& layout, Problems& problems);

/// Whether there is a `pids.limit` of 0 that does not mean a limit. It is one only since
/// version 1.3 of the specification, and engines have long sent it for unset.
bool takes_zero_pids_for_none(const spec::Resources& resources, const std::string& oci_version);

}  // namespace berth::plan
