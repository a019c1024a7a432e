// Asks the kernel for the mounts of a few file systems: statmount(2), listmount(2).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace berth::sys {

/// The mounts in berth's mount namespace whose file system has one of these magic numbers
/// (`f_type` of statfs(2)), as lines of /proc/self/mountinfo, in which the parent, the device, the
/// options of the mount and the source are placeholders. For each other mount this takes a third
/// of the time in which the kernel writes its line. Returns nothing if the kernel does not answer:
/// before Linux 6.8, for cgroup v1 before Linux 6.11, or behind a seccomp filter.
std::optional<std::string> list_mounts(std::span<const std::uint64_t> magic_numbers);

}  // namespace berth::sys
