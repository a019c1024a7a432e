// The container's limits as properties of its unit: systemd writes its own values again whenever it
// reads its configuration (`systemctl daemon-reload`), so they have to be the container's.
// systemd.resource-control(5)
#pragma once

#include <string>
#include <vector>

#include "runtime/compile/cgroup/device_rules.h"
#include "runtime/plan/cgroup_plan.h"
#include "runtime/plan/scope.h"

namespace berth::plan {

/// The value of a limit that there is not, in systemd's properties.
inline constexpr char kNoLimit[] = "18446744073709551615";

/// With `1` the kernel ends all of a cgroup's processes when one has to end for lack of memory.
inline constexpr char kOomGroup[] = "memory.oom.group";

/// Gives io.weight, for a kernel without io.bfq.weight, the number that the property has: systemd
/// converts it for io.bfq.weight, and writes it to io.weight as it is.
void match_unit_weights(std::vector<CgroupWrite>& writes);

/// The properties that correspond to these writes of cgroup v2, except those of the functions
/// below. Files that systemd has no property for have none: it leaves those files alone. The values
/// are those that check_unit_values() lets pass.
std::vector<UnitProperty> limit_properties(const std::vector<CgroupWrite>& writes);

/// What happens when memory is short. systemd takes it when the scope is started, and writes
/// kOomGroup whenever it writes limits.
std::vector<UnitProperty> oom_properties(const std::vector<CgroupWrite>& writes);

/// The number of processes, if there is a write for it.
std::vector<UnitProperty> process_properties(const std::vector<CgroupWrite>& writes);

/// The device rules. A device can be used if both systemd's program and berth's allow it, so rules
/// that systemd cannot express are left to berth's alone (`DevicePolicy=auto`).
std::vector<UnitProperty> device_properties(const std::vector<AccessRule>& rules);

/// Those with which systemd allows all devices, and attaches no program.
std::vector<UnitProperty> no_device_properties();

}  // namespace berth::plan
