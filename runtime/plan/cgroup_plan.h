// The container's cgroups as data: directories, files and values. runtime/cgroup makes and writes
// them, and does not know which property asked for them.
#pragma once

#include <linux/bpf.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/host/cgroup_layout.h"
#include "runtime/plan/scope.h"

namespace berth::plan {

/// One value for one file of the container's cgroup, to be written in the listed order.
struct CgroupWrite {
  std::string controller;  ///< `memory`; it selects the hierarchy
  std::string file;        ///< `memory.max`
  std::string value;
  std::string origin;           ///< JSON pointer of the property that asked for it
  std::string other_file = {};  ///< for a kernel that does not have `file`; empty: none
  std::string other_value = {};
  bool is_default = false;  ///< a kernel without the file does what the value says
};

/// The controller of the files `cgroup.*`, which every v2 cgroup has.
inline constexpr char kCoreController[] = "cgroup";

/// No kernel has processors or memory nodes with numbers above this one.
inline constexpr unsigned kLastOfSet = 65535;

/// Whether the file of a write is in this hierarchy.
inline bool has_file(const CgroupHierarchy& hierarchy, const CgroupWrite& write) {
  return hierarchy.has(write.controller) ||
         (hierarchy.unified && write.controller == kCoreController);
}

/// The container's directory in one hierarchy.
struct CgroupDirectory {
  CgroupHierarchy hierarchy;
  std::string path;  ///< absolute path on the host: mostly mountpoint + CgroupPlan::path
  std::vector<std::string> enable = {};  ///< v2: controllers that every parent must pass on
  std::vector<std::string> offer =
      {};                     ///< v2: others, for statistics and later limits, if possible
  bool is_inherited = false;  ///< berth's own, as the caller may make none; not changed
};

struct CgroupPlan {
  std::optional<Scope> scope;  ///< systemd makes the v2 directory; nothing: berth makes it
  std::string path;            ///< the container's cgroup below each mount: `/berth-web1`
  std::vector<CgroupDirectory> directories;
  std::vector<CgroupWrite> writes;
  std::vector<bpf_insn> device_program;  ///< the device rules for v2; empty on v1
};

}  // namespace berth::plan
