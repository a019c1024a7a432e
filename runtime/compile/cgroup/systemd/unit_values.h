// What a file of cgroup v2 takes and a property of a unit does not: systemd would write another
// value soon after berth.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/plan/cgroup_plan.h"
#include "spec/error.h"

namespace berth::plan {

/// Adds a problem at the origin of each write whose value, or whose file, the unit cannot have.
void check_unit_values(const std::vector<CgroupWrite>& writes, Problems& problems);

/// Whether `QUOTA PERIOD` of cpu.max is a share that systemd keeps as it is: it rounds up others.
bool is_whole_percent(std::string_view cpu_max);

}  // namespace berth::plan
