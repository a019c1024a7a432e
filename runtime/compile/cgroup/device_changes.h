// The device rules of a v1 cgroup that has processes. v1 takes one rule at a time, so what the new
// rules withdraw goes first and what they add comes after: at no moment can a device be used that
// neither the old rules nor the new ones allow.
#pragma once

#include <string>
#include <vector>

#include "runtime/compile/cgroup/device_rules.h"
#include "runtime/plan/cgroup_plan.h"
#include "spec/error.h"

namespace berth::plan {

/// The writes that turn the rules of `list`, the text of devices.list, into these. An Unsupported
/// problem for rules that allow all devices but some: v1 would allow these, too, for a moment.
std::vector<CgroupWrite> compile_device_changes(const std::string& list,
                                                const std::vector<AccessRule>& rules,
                                                Problems& problems);

}  // namespace berth::plan
