// bpf(2) for the device programs of cgroup v2. What the program says is decided elsewhere.
#pragma once

#include <linux/bpf.h>

#include <vector>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// BPF_PROG_LOAD of a BPF_PROG_TYPE_CGROUP_DEVICE program.
Fd load_device_program(const std::vector<bpf_insn>& program);

/// BPF_PROG_ATTACH with BPF_F_ALLOW_MULTI: it restricts further what programs of the parents, and
/// those already there, allow. It lives as long as the cgroup.
void attach_device_program(const Dir& cgroup, const Fd& program);

/// BPF_PROG_DETACH of all device programs that are attached to this very cgroup. Nothing where the
/// kernel has none, or where we may not ask.
void detach_device_programs(const Dir& cgroup);

}  // namespace berth::sys
