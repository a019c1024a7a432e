// The container's cgroup on this host, in every hierarchy at once: makes the directories, applies
// writes, opens what a process needs to get in. Knows no property; what to write is decided in
// plan/cgroup. Removing what an earlier berth made is destroy.h.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/cgroup/members.h"
#include "runtime/linux/fd.h"
#include "runtime/plan/cgroup.h"

namespace berth::cgroup {

/// What a process needs to get into the container's cgroup.
struct Entrance {
  /// v1: each hierarchy's `tasks`, write-only. The process writes "0" to all of them itself: a
  /// thread that moves itself needs no RCU grace period, a pid written from outside waits 5 ms.
  std::vector<sys::Fd> tasks;
  sys::Fd unified;  ///< v2 and hybrid: directory (O_PATH) for CLONE_INTO_CGROUP; else none
};

/// Of a container's cgroup that exists (exec).
Entrance open_entrance(const std::vector<Footprint>& footprints);

/// Undoes what it made, unless committed. Order of use: construct, record the footprints, make,
/// apply each write, device program, open the entrance, commit.
class CgroupTree {
 public:
  /// Only looks. Refuses (State, /linux/cgroupsPath) a cgroup that has processes or is frozen.
  explicit CgroupTree(const plan::CgroupPlan& plan);
  CgroupTree(const CgroupTree&) = delete;
  CgroupTree& operator=(const CgroupTree&) = delete;
  ~CgroupTree();

  /// Before make: what make is going to leave behind. After it: what it did.
  std::vector<Footprint> footprints() const;

  /// Makes the missing directories. v1 cpusets inherit from their parent where they are empty; v2
  /// controllers are switched on along the path.
  void make();

  /// One write of the plan. Errors name file and value; the caller adds write.origin.
  void apply(const plan::CgroupWrite& write);

  /// Loads and attaches the plan's device program in v2; nothing to do when it is empty.
  void attach_device_program(const std::vector<bpf_insn>& program) const;

  Entrance open_entrance() const;

  void commit() { committed_ = true; }

 private:
  /// The container's directory in one hierarchy.
  struct Node {
    plan::CgroupDirectory plan;
    std::vector<std::string> names;  ///< of the directories from the mount down
    Footprint footprint;
    std::vector<std::string> made;  ///< from the top down
    sys::Dir top;                   ///< the mount
    sys::Dir leaf;                  ///< open once it exists
  };

  static void look(Node& node);
  static bool descend(Node& node);
  static bool step_down(Node& node, sys::Dir& current, std::size_t depth);

  std::vector<Node> nodes_;
  sys::Fd last_file_;  ///< device rules are many writes to one file
  std::string last_name_;
  bool committed_ = false;
};

}  // namespace berth::cgroup
