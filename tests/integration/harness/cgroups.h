// Where a process is in the cgroup hierarchies of this machine, v1, v2 or both, as directories.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace berth::test {

struct CgroupDirectory {
  bool unified = false;
  std::string mountpoint;
  std::string path;
};

/// The group of the process in the hierarchy that has the controller; nothing when none has it.
std::optional<CgroupDirectory> cgroup_directory(pid_t pid, const std::string& controller);
/// The group of the process in the v2 hierarchy; nothing when that is not mounted.
std::optional<CgroupDirectory> unified_directory(pid_t pid);
/// The groups of the process in all hierarchies that are mounted.
std::vector<CgroupDirectory> cgroup_directories(pid_t pid);
/// Mount points of all hierarchies.
std::vector<std::string> cgroup_mountpoints();

}  // namespace berth::test
