// Which cgroup hierarchies this machine has, where they are mounted, and where we are in them:
// cgroup v1, v2 and both at once (hybrid). Parsing is pure, so that every layout is tested as text.
// Says nothing of containers: that is cgroup.h.
#pragma once

#include <string>
#include <vector>

namespace berth::plan {

struct CgroupHierarchy {
  std::string name;  ///< as /proc/PID/cgroup has it: `cpu,cpuacct`, `name=systemd`; v2: empty
  std::vector<std::string> controllers;  ///< none for a named one; v2: those it offers
  std::string mountpoint;                ///< absolute, with escapes resolved
  std::string root;                      ///< the cgroup that the mount shows as its top; mostly `/`
  bool unified = false;                  ///< cgroup2
  std::string own_path;                  ///< our own cgroup in it, as /proc/self/cgroup says

  bool has(const std::string& controller) const;
};

struct CgroupLayout {
  enum class Mode { V1, V2, Hybrid, None };

  Mode mode = Mode::None;
  std::vector<CgroupHierarchy> hierarchies;  ///< mounted ones, in the order of /proc/self/cgroup
  bool limits_swap = true;  ///< v1: whether the kernel has memory.memsw.limit_in_bytes

  /// The hierarchy where a controller lives, v1 first; null when this host has none.
  const CgroupHierarchy* find(const std::string& controller) const;
  const CgroupHierarchy* unified() const;
};

/// From the text of /proc/self/mountinfo and of /proc/self/cgroup; no controllers are known of the
/// v2 hierarchy then. Of several mounts of a hierarchy it takes the first that no other mount hides
/// and that shows our own cgroup. proc_pid_mountinfo(5), cgroups(7)
CgroupLayout parse_cgroup_layout(const std::string& mountinfo, const std::string& own_cgroups);

/// The same of this machine, with the controllers of v2 (`cgroup.controllers`) and `limits_swap`.
CgroupLayout read_cgroup_layout();

}  // namespace berth::plan
