// linux.cgroupsPath and linux.resources as a pure table: which directories, which files, which
// values. Knows the difference between v1 and v2 files; makes nothing (runtime/cgroup does, and
// knows no property).
#pragma once

#include <linux/bpf.h>

#include <string>
#include <vector>

#include "runtime/plan/cgroup_layout.h"
#include "spec/config.h"
#include "spec/error.h"

namespace berth::plan {

/// One value for one file of the container's cgroup, to be written in the listed order.
struct CgroupWrite {
  std::string controller;  ///< `memory`; says in which hierarchy
  std::string file;        ///< `memory.max`
  std::string value;
  std::string origin;  ///< JSON pointer of the property that asked for it
};

/// The container's directory in one hierarchy.
struct CgroupDirectory {
  CgroupHierarchy hierarchy;
  std::string path;                 ///< absolute, of the host: mostly mountpoint + CgroupPlan::path
  std::vector<std::string> enable;  ///< v2: controllers that every parent must pass on
  std::vector<std::string> offer;   ///< v2: those for statistics and later limits, if it can be
  bool is_inherited = false;        ///< our own, where we may make none: nothing is done with it
};

struct CgroupPlan {
  std::string path;  ///< the container's cgroup below each mount: `/berth-web1`
  std::vector<CgroupDirectory> directories;
  std::vector<CgroupWrite> writes;
  std::vector<bpf_insn> device_program;  ///< the device rules for v2; empty on v1
};

/// Problems are at their exact pointer: Config for what is wrong, Unsupported for what this host or
/// this berth cannot do. config-linux.md, "Control groups"
CgroupPlan compile_cgroup(const spec::Config& config, const std::string& id,
                          const CgroupLayout& layout, Problems& problems);

/// Whether the config has a `pids.limit` of 0 that is none: only since 1.3 it is one, and engines
/// have long sent it for unset.
bool takes_zero_pids_for_none(const spec::Config& config);

/// The writes of all resources but devices, in a working order.
std::vector<CgroupWrite> compile_resources(const spec::Resources& resources,
                                           const CgroupLayout& layout, Problems& problems);

}  // namespace berth::plan
