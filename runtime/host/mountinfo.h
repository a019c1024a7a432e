// Parses /proc/self/mountinfo: what is mounted where. proc_pid_mountinfo(5)
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::plan {

/// A line of mountinfo. Paths keep their escapes and can be compared in that form.
struct MountLine {
  std::uint64_t id = 0, parent = 0;
  std::string_view root, mountpoint, type, super_options;
};

/// Resolves the escapes of a path: the kernel writes space, tab, newline and backslash as \ooo.
std::string unescaped(std::string_view text);

/// Returns the id of the mount that a path leads to, or 0. Only the kernel can say: the text of
/// mountinfo does not show which mount hides another.
using MountIdAt = std::function<std::uint64_t(const std::string& path)>;

/// Parses all well-formed lines. `mountinfo` must outlive the result.
std::vector<MountLine> parse_mountinfo(std::string_view mountinfo);

/// Parses only the lines of mounts whose type begins with `type`. A host has a few of cgroups, and
/// may have thousands of others.
std::vector<MountLine> parse_mounts_of(std::string_view type, std::string_view mountinfo);

/// The mountinfo of berth's own mount namespace.
std::string read_mountinfo();

/// The lines of mounts of cgroups and of resctrl, with others or without: on a host with many
/// mounts most of mountinfo would be written and read for nothing. In most places all of them are
/// below /sys, and berth need not ask about each other one.
enum class Where { BelowSys, Anywhere };
std::string read_cgroup_mounts(Where where);

/// The mounts of procfs and sysfs. Where a mount namespace has one without masks, a nested user
/// namespace may mount a new one. user_namespaces(7)
struct KernelMounts {
  std::vector<std::string> paths;  ///< once for each mount, in the order of unmounting
  std::string unreachable;         ///< one that no path leads to, if not empty
};
KernelMounts find_kernel_mounts(std::string_view mountinfo, const MountIdAt& mount_id_at);

}  // namespace berth::plan
