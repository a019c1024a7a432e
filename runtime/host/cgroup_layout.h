// Which cgroup hierarchies this machine has, where they are mounted, and where we are in them:
// cgroup v1, v2 and both at once (hybrid). Parsing is pure, so that every layout is tested as text.
// Says nothing of containers: that is cgroup.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/host/mountinfo.h"

namespace berth::plan {

struct CgroupHierarchy {
  std::string name;  ///< as /proc/PID/cgroup has it: `cpu,cpuacct`, `name=systemd`; v2: empty
  std::vector<std::string> controllers;  ///< none for a named one; v2: those it offers
  std::string mountpoint;                ///< absolute, with escapes resolved
  std::string root;                      ///< the cgroup that the mount shows as its top; mostly `/`
  bool unified = false;                  ///< cgroup2
  std::string own_path;                  ///< our own cgroup in it, as /proc/self/cgroup says

  /// Where our own is, if no text tells (see hidden_levels) and it was found.
  std::optional<std::string> found_place;
  /// v2: the lowest place on the way up from our own below which cgroups can have limits, and the
  /// controllers that they can have there.
  std::string limits_place;
  std::vector<std::string> limits_controllers;

  /// Of a delegated layout alone: whether cgroups may be made in our own, and next to it; there,
  /// which controllers of v2 they could have.
  bool own_is_delegated = false;
  bool parent_is_delegated = false;
  std::vector<std::string> parent_controllers;

  bool has(const std::string& controller) const;
  /// Our own cgroup as a path below the mount, "" for its top; nothing when the mount does not show
  /// it, or not by a name that we know.
  std::optional<std::string> own_place() const;
  /// A mount that was made outside of our cgroup namespace begins so many levels above what the
  /// namespace calls its root: our own cgroup is in sight, under names that we are not told. 0: it
  /// has a name, or is not in sight. cgroup_namespaces(7)
  std::size_t hidden_levels() const;
  /// A place below the mount as a path of the host.
  std::string path_of(const std::string& place) const;
};

struct CgroupLayout {
  enum class Mode { V1, V2, Hybrid, None };

  Mode mode = Mode::None;
  std::vector<CgroupHierarchy> hierarchies;  ///< mounted ones, in the order of /proc/self/cgroup
  std::string resctrl;                       ///< where that file system is mounted; empty: nowhere
  bool limits_swap = true;     ///< v1: whether the kernel has memory.memsw.limit_in_bytes
  bool limits_devices = true;  ///< whether the kernel takes device rules from us
  bool is_delegated = false;   ///< we may make cgroups only where somebody has let us

  /// The hierarchy where a controller lives; null when this host has none.
  const CgroupHierarchy* find(const std::string& controller) const;
  const CgroupHierarchy* unified() const;
};

/// From the text of /proc/self/mountinfo and of /proc/self/cgroup; no controllers are known of the
/// v2 hierarchy then. Of several mounts of a hierarchy it takes the first that its path leads to
/// and that shows our own cgroup, best under its name. proc_pid_mountinfo(5), cgroups(7)
CgroupLayout parse_cgroup_layout(const std::string& mountinfo, const std::string& own_cgroups,
                                 const MountIdAt& mount_id_at);

/// Of the v2 cgroup at this path: `cgroup.controllers`; none when there is no such file.
std::vector<std::string> read_controllers(const std::string& path);

/// The same of this machine, with the controllers of v2 (`cgroup.controllers`) and `limits_swap`.
CgroupLayout read_cgroup_layout();

}  // namespace berth::plan
