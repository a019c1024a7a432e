// Device rules as a BPF_PROG_TYPE_CGROUP_DEVICE program, for cgroup v2, which has no device files.
// Pure: runtime/linux/cgroup/bpf.h loads and attaches the program.
#pragma once

#include <linux/bpf.h>

#include <vector>

#include "runtime/compile/cgroup/device_rules.h"

namespace berth::plan {

/// For each bit of the requested access, the last rule that matches the device and has the bit
/// decides; all bits must be allowed. Empty if nothing is denied, because no program is needed
/// then. More than 4,096 rules are an Unsupported problem.
std::vector<bpf_insn> compile_device_program(const std::vector<AccessRule>& rules,
                                             Problems& problems);

}  // namespace berth::plan
