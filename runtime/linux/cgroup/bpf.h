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

/// Replaces the program that berth has attached by this one, in one step of the kernel
/// (BPF_F_REPLACE), so that no moment is without a filter. Attaches it if there is none.
void replace_device_program(const Dir& cgroup, const Fd& program);

/// Detaches the program that berth has attached, and leaves those of other programs.
void detach_own_device_program(const Dir& cgroup);

/// Detaches all device programs of this cgroup. It does nothing if the kernel has no such programs
/// or does not let the caller query them.
void detach_device_programs(const Dir& cgroup);

}  // namespace berth::sys
