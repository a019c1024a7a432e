// /proc/self/mountinfo as values: what is mounted where.
// proc_pid_mountinfo(5)
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::plan {

/// As the kernel wrote it: paths with their escapes, which compare like the paths.
struct MountLine {
  std::uint64_t id = 0, parent = 0;
  std::string_view root, mountpoint, type, super_options;
};

/// Without the escapes of a path: space, tab, newline and backslash are written as \ooo.
std::string unescaped(std::string_view text);

/// The id of the mount that a path leads to, 0: none. A question to the kernel: what hides a mount
/// is not in the text.
using MountIdAt = std::function<std::uint64_t(const std::string& path)>;

/// All lines that are as they should be. The text has to outlive them.
std::vector<MountLine> parse_mountinfo(std::string_view mountinfo);

/// That of our own mount namespace.
std::string read_mountinfo();

/// Full views of the kernel, procfs and sysfs: where one is mounted in a mount namespace, a nested
/// user namespace may mount a new one, without masks. user_namespaces(7)
struct KernelMounts {
  std::vector<std::string> paths;  ///< in the order in which they can be unmounted; what lies on
                                   ///< one of them is a path more
  std::string buried;              ///< one that no path leads to; empty: none
};
KernelMounts find_kernel_mounts(std::string_view mountinfo, const MountIdAt& mount_id_at);

}  // namespace berth::plan
