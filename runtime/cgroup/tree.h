// The container's cgroup on this host, in every hierarchy at once: makes the directories, applies
// writes, opens what a process needs to get in. Knows no property; what to write is decided in
// plan/cgroup. Removing what an earlier berth made is destroy.h.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/cgroup/members.h"
#include "runtime/linux/fd.h"
#include "runtime/plan/cgroup_plan.h"

namespace berth::cgroup {

/// Order of use: construct, look, record the cgroups, make each directory, open its entrance,
/// apply each write, device program. Undoing is destroy.h, from what was recorded.
class CgroupTree {
 public:
  /// Keeps references into the plan.
  explicit CgroupTree(const plan::CgroupPlan& plan);

  /// At what is there. Refuses (State, /linux/cgroupsPath) a cgroup that has processes or is
  /// frozen.
  void look();

  /// Before make: what make is going to leave behind. After it: what it did.
  std::vector<store::ContainerCgroup> places() const;

  /// The cgroup with this directory, if the directory is there for our processes to enter.
  std::optional<store::ContainerCgroup> find_made(const std::string& directory) const;
  /// Of the directories that were made here: what may be removed again.
  std::vector<store::ContainerCgroup> made() const;

  /// Makes what is missing of one of the plan's directories, by its number. v1 cpusets inherit from
  /// their parent where they are empty; v2 controllers are switched on along the path. One that was
  /// there loses the device rules that it had: the container's own come when its devices are made.
  void make(std::size_t number);

  /// One write of the plan. Errors name file and value; the caller adds write.origin.
  void apply(const plan::CgroupWrite& write);

  /// Loads and attaches the plan's device program in v2; nothing to do when it is empty.
  void attach_device_program(const std::vector<bpf_insn>& program) const;

  /// What a process needs to get into it: v1 `tasks`, write-only, to which the process writes `0`
  /// itself (a thread that moves itself needs no RCU grace period, a pid written from outside waits
  /// 5 ms); v2 the directory, O_PATH, for CLONE_INTO_CGROUP.
  sys::Fd open_entrance(std::size_t number) const;

 private:
  /// The container's directory in one hierarchy.
  struct Node {
    const plan::CgroupDirectory& plan;
    std::vector<std::string> names;  ///< of the directories from the mount down
    store::ContainerCgroup place;
    std::vector<std::string> made;  ///< from the top down
    sys::Dir top;                   ///< the mount
    sys::Dir leaf;                  ///< open once it exists
  };

  static void look(Node& node);
  static bool descend(Node& node);
  static std::optional<sys::Dir> step_down(Node& node, const sys::Dir& parent, std::size_t depth);

  void reset_devices(const Node& node);

  const plan::CgroupPlan& plan_;
  std::vector<Node> nodes_;
  sys::Fd last_file_;  ///< device rules are many writes to one file
  std::string last_name_;
};

}  // namespace berth::cgroup
