// The scope of systemd in which a container is.
#pragma once

#include <string>
#include <vector>

#include "runtime/compile/cgroup/systemd/scope_name.h"
#include "runtime/host/cgroup_layout.h"
#include "runtime/plan/cgroup_plan.h"
#include "runtime/plan/scope.h"
#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::plan {

/// The scope with its properties: those of every container, the limits, and those of the
/// annotations `org.systemd.property.NAME`, at which there may be problems.
Scope compile_scope(const spec::Config& config, const std::string& id, const ScopePath& path,
                    const CgroupLayout& layout, const std::vector<CgroupWrite>& writes,
                    Problems& problems);

}  // namespace berth::plan
