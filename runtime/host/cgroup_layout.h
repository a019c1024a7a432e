// Which cgroup hierarchies this machine has, where they are mounted, and which of their cgroups is
// berth's own: cgroup v1, v2 and both at once (hybrid). Parsing is pure, so that every layout is
// tested as text. Says nothing of containers: that is cgroup.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/host/mountinfo.h"

namespace berth::plan {

struct CgroupHierarchy {
  std::string name;  ///< as in /proc/PID/cgroup: `cpu,cpuacct`, `name=systemd`; empty for v2
  std::vector<std::string> controllers;  ///< none if named; for v2 those that it offers
  std::string mountpoint;                ///< absolute, without escapes
  std::string root;                      ///< the cgroup at the top of the mount; usually `/`
  bool unified = false;                  ///< cgroup2
  std::string own_path;                  ///< berth's own cgroup, as in /proc/self/cgroup

  /// The place of berth's own cgroup if the texts do not give it (see hidden_levels) and a search
  /// found it.
  std::optional<std::string> found_place;
  /// v2: the lowest ancestor of berth's cgroup below which cgroups can have limits, and the
  /// controllers that they can have there.
  std::string limits_place;
  std::vector<std::string> limits_controllers;

  /// In a delegated layout: whether cgroups may be made in berth's own and next to it, and which v2
  /// controllers those next to it could have.
  bool own_is_delegated = false;
  bool parent_is_delegated = false;
  std::vector<std::string> parent_controllers;

  bool has(const std::string& controller) const;
  /// Berth's own cgroup as a path below the mount, "" for its top; nothing if the mount does not
  /// show it, or not under a known name.
  std::optional<std::string> own_place() const;
  /// If the mount was made outside of berth's cgroup namespace, it begins this many levels above
  /// the namespace's root: berth's own cgroup is below the mount, but the kernel does not give its
  /// name. 0 if the name is known or the cgroup is not below. cgroup_namespaces(7)
  std::size_t hidden_levels() const;
  /// The host path of a place below the mount.
  std::string path_of(const std::string& place) const;
};

/// The systemd that makes the container's cgroup.
struct SystemdManager {
  bool is_user = false;                  ///< it is the caller's own, not the machine's
  std::string place;                     ///< its cgroup below the mount; empty: the top
  std::vector<std::string> controllers;  ///< those that its units can have
};

struct CgroupLayout {
  enum class Mode { V1, V2, Hybrid, None };

  Mode mode = Mode::None;
  std::vector<CgroupHierarchy>
      hierarchies;             ///< those that are mounted, in the order of /proc/self/cgroup
  std::string resctrl;         ///< where resctrl is mounted; empty: nowhere
  bool limits_devices = true;  ///< whether the kernel lets berth set device rules
  bool is_delegated = false;   ///< the caller may make cgroups only where they were delegated
  bool is_disabled = false;    ///< the caller wants no cgroup to be made
  /// Nothing if berth makes the cgroup by itself.
  std::optional<SystemdManager> systemd = {};

  /// The hierarchy of a controller; null if this host has none.
  const CgroupHierarchy* find(const std::string& controller) const;
  const CgroupHierarchy* unified() const;
};

/// Parses /proc/self/mountinfo and /proc/self/cgroup; they do not give the controllers of v2. Of
/// several mounts of a hierarchy it takes the first that is not covered and shows berth's own
/// cgroup, if possible by its name. proc_pid_mountinfo(5), cgroups(7)
CgroupLayout parse_cgroup_layout(const std::string& mountinfo, const std::string& own_cgroups,
                                 const MountIdAt& mount_id_at);

/// Reads `cgroup.controllers` of a v2 cgroup; none if there is no such file.
std::vector<std::string> read_controllers(const std::string& path);

/// The layout as a process with these lines in its /proc/PID/cgroup has it, from the mounts of this
/// machine; those below /sys come first.
CgroupLayout find_cgroup_layout(const std::string& own_cgroups);

/// Reads the layout of this machine, with the controllers of v2; where resctrl is only if
/// `has_rdt`, because its mount may have to be looked for.
CgroupLayout read_cgroup_layout(bool has_rdt);

}  // namespace berth::plan
