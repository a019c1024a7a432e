// /proc/PID/mountinfo as values. proc_pid_mountinfo(5)
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace berth::test {

struct MountEntry {
  std::string root;        ///< within its file system
  std::string mountpoint;  ///< as the process sees it
  std::string options;     ///< of the mount, comma-separated
  std::string propagation =
      {};  ///< the optional fields: `shared:4 master:2`, `unbindable`, or empty
  std::string type = {};
  std::string source = {};
  std::string super_options = {};  ///< of the file system

  /// The word is one of the mount's options.
  bool has(const std::string& word) const;
  bool super_has(const std::string& word) const;
};

/// In the kernel's order. 0: of the test itself.
std::vector<MountEntry> mounts_of(pid_t pid);
/// The topmost at that path; fails the test when there is none.
MountEntry mount_at(pid_t pid, const std::string& mountpoint);
bool is_mounted(pid_t pid, const std::string& mountpoint);

}  // namespace berth::test
