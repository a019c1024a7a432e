// What a directory on the way to a container's cgroup needs before it can be used: steps that
// cgroupfs leaves to whoever makes the directories.
#pragma once

#include <string>
#include <vector>

#include "runtime/linux/fd.h"

namespace berth::cgroup {

/// v2: passes controllers on to the directories below, where that is not done yet: all of `needed`,
/// of `wanted` those that can be. Kernel: cgroup-v2.rst, "Enabling and Disabling"
void enable_controllers(const sys::Dir& cgroup, const std::vector<std::string>& needed,
                        const std::vector<std::string>& wanted);

/// v1: a new cpuset is empty and takes no process; it gets its parent's processors and memory
/// nodes. cpuset(7)
void inherit_cpuset(const sys::Dir& parent, const sys::Dir& child);

}  // namespace berth::cgroup
