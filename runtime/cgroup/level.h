// Prepares a directory on the path to a container's cgroup. cgroupfs leaves these steps to the
// process that makes the directories.
#pragma once

#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"

namespace berth::cgroup {

/// v2: enables controllers for the directories below, unless they are enabled already: all of
/// `needed`, and those of `wanted` that the kernel accepts. Kernel: cgroup-v2.rst, "Enabling and
/// Disabling"
void enable_controllers(const sys::Dir& cgroup, const std::vector<std::string>& needed,
                        const std::vector<std::string>& wanted);

/// v1: a new cpuset is empty and cannot have processes, so it gets its parent's processors and
/// memory nodes. cpuset(7)
void inherit_cpuset(const sys::Dir& parent, const sys::Dir& child);

}  // namespace berth::cgroup
