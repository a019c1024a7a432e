// /proc/self/mountinfo as values: what is mounted where, and what is out of reach.
// proc_pid_mountinfo(5)
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
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

/// Calls `take` with each part that is not empty.
template <class Take>
void split(std::string_view text, char separator, Take take) {
  while (!text.empty()) {
    // Not find(): for words this short memchr(3) takes longer than a loop.
    const auto size =
        static_cast<std::size_t>(std::find(text.begin(), text.end(), separator) - text.begin());
    if (size > 0) take(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
}

/// The mounts of a namespace, and which of them are out of reach: where another lies on it, or on a
/// directory above it in the same parent.
class Mounts {
 public:
  /// The text has to outlive it.
  explicit Mounts(std::string_view mountinfo);

  const std::vector<MountLine>& lines() const { return lines_; }

  bool is_hidden(const MountLine& mount) {
    return is_covered(mount, nullptr) || is_buried(mount, 0);
  }
  /// Hidden by what is beside it or above, not by what lies on it.
  bool is_buried(const MountLine& mount) { return is_buried(mount, 0); }

 private:
  bool is_buried(const MountLine& mount, std::size_t depth);
  const MountLine* parent_of(const MountLine& mount) const;
  bool is_covered(const MountLine& lower, const MountLine* by_other_than) const;
  bool is_shadowed(const MountLine& lower) const;

  std::vector<MountLine> lines_;
  std::vector<std::optional<bool>> is_buried_;  ///< as far as it is known
};

/// That of our own mount namespace.
std::string read_mountinfo();

/// Full views of the kernel, procfs and sysfs: where one is mounted in a mount namespace, a nested
/// user namespace may mount a new one, without masks. user_namespaces(7)
struct KernelMounts {
  std::vector<std::string> paths;  ///< in the order in which they can be unmounted; what lies on
                                   ///< one of them is a path more
  std::string buried;              ///< one that no path leads to; empty: none
};
KernelMounts find_kernel_mounts(std::string_view mountinfo);

}  // namespace berth::plan
