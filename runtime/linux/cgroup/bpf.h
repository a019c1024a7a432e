// bpf(2) for the device programs of cgroup v2. runtime/compile/cgroup writes the instructions.
#pragma once

#include <linux/bpf.h>

#include <vector>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Loads a BPF_PROG_TYPE_CGROUP_DEVICE program.
Fd load_device_program(const std::vector<bpf_insn>& program);

/// Attaches the program with BPF_F_ALLOW_MULTI: a device needs the permission of this program, of
/// the others on the cgroup and of those on its parents. The program lives as long as the cgroup.
void attach_device_program(const Dir& cgroup, const Fd& program);

/// Detaches all device programs of this cgroup. It does nothing if the kernel has no such programs
/// or does not let the caller query them.
void detach_device_programs(const Dir& cgroup);

}  // namespace berth::sys
