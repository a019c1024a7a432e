// Prepares a directory on the path to a container's cgroup. cgroupfs leaves these steps to the
// process that makes the directories.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/base/system_error.h"

namespace berth::cgroup {

/// v2: enables controllers for the directories below, unless they are enabled already: all of
/// `needed`, and those of `wanted` that the kernel accepts. Returns the kernel's refusal of the
/// first. Kernel: cgroup-v2.rst, "Enabling and Disabling"
[[nodiscard]] std::optional<sys::SystemError> enable_controllers(
    const sys::Dir& cgroup, const std::vector<std::string>& needed,
    const std::vector<std::string>& wanted);

/// v1: a new cpuset is empty and cannot have processes, so it gets its parent's processors and
/// memory nodes; one that existed gets them only if it is empty. cpuset(7)
void inherit_cpuset(const sys::Dir& parent, const sys::Dir& child, bool is_new);

}  // namespace berth::cgroup
