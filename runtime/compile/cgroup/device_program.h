// Device rules as a BPF_PROG_TYPE_CGROUP_DEVICE program, for cgroup v2, which has no device files.
// Pure: loading and attaching is runtime/linux/bpf.h.
#pragma once

#include <linux/bpf.h>

#include <vector>

#include "runtime/compile/cgroup/device_rules.h"

namespace berth::plan {

/// Each bit of the access asked for is decided by the last rule that matches the device and has the
/// bit; all must be allowed. Empty when nothing is denied: then no program is needed.
std::vector<bpf_insn> compile_device_program(const std::vector<AccessRule>& rules);

}  // namespace berth::plan
