// The container's cgroup in every hierarchy of this host: makes the directories, applies writes,
// and opens what a process needs to enter. Knows no property: compile/cgroup decides what to write.
// destroy.h removes what an earlier berth made.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/cgroup/members.h"
#include "runtime/linux/base/fd.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/plan/cgroup_plan.h"

namespace berth::cgroup {

/// Order of use: construct, look, record the cgroups, make each directory, open a descriptor to
/// enter it, apply each write, attach the device program. destroy.h undoes it, from what was
/// recorded.
class CgroupTree {
 public:
  /// Keeps references into the plan.
  explicit CgroupTree(const plan::CgroupPlan& plan);

  /// Examines what exists. State error at /linux/cgroupsPath for a cgroup that has processes or is
  /// frozen.
  void look();

  /// The container's cgroups. `topmost` is before make the directory that make is expected to
  /// create, and afterwards the one that it created.
  std::vector<store::ContainerCgroup> places() const;

  /// The cgroup with this directory, if it exists by now for the container's processes to enter.
  std::optional<store::ContainerCgroup> find_made(const std::string& directory) const;
  /// The directories that this object has made, and that may be removed again.
  std::vector<store::ContainerCgroup> made() const;

  /// Makes the missing part of one of the plan's directories, by its number. Empty v1 cpusets
  /// inherit from their parent; v2 controllers are enabled along the path. A directory that existed
  /// before loses its device rules: the container's own rules are applied later.
  void make(std::size_t number);

  /// Opens the directory of a scope that systemd has made, and enables the plan's controllers along
  /// the path. System error if it is not where the plan says.
  void adopt(std::size_t number);

  /// Applies one write of the plan. Errors name file and value; the caller adds write.origin.
  void apply(const plan::CgroupWrite& write);

  /// Makes `owner` (an id of the host) the owner of one of the plan's v2 cgroups, which has been
  /// made, and of the files in it that the kernel delegates. CO-3, CO-4
  void give(std::size_t number, uid_t owner) const;

  /// Attaches a loaded program to the v2 cgroup.
  void attach_device_program(const sys::Fd& program) const;

  /// Opens what a process needs to enter it. v1: `tasks`, write-only, to which the process itself
  /// writes `0` (a thread that moves itself needs no RCU grace period; a pid that is written from
  /// outside waits 5 ms). v2: the directory, O_PATH, for CLONE_INTO_CGROUP.
  sys::Fd open_fd(std::size_t number) const;

 private:
  /// The container's directory in one hierarchy.
  struct Node {
    const plan::CgroupDirectory& plan;
    std::vector<std::string> names;  ///< the directories from the mount down
    store::ContainerCgroup place;
    std::vector<std::string> made = {};  ///< from the top down
    sys::Dir top = {};                   ///< the mount
    sys::Dir deepest = {};               ///< the last directory that look() found; empty: the mount
    std::size_t depth = 0;               ///< of `deepest`, below the mount
    sys::Dir leaf = {};                  ///< open once it exists
  };

  static void look(Node& node);
  bool descend(Node& node, bool from_top) const;
  std::optional<sys::Dir> step_down(Node& node, const sys::Dir& parent, std::size_t depth) const;
  [[noreturn]] void fail_enabling(const sys::SystemError& refusal, const Node& node) const;

  void reset_devices(const Node& node);
  bool open_file(const sys::Dir& leaf, const plan::CgroupWrite& write);

  const plan::CgroupPlan& plan_;
  std::vector<Node> nodes_;
  sys::Fd last_file_;  ///< device rules are many writes to one file
  std::string last_name_;
};

}  // namespace berth::cgroup
