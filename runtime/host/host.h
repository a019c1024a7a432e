// What berth knows of the machine it runs on, as values: compile() asks nothing else, so that tests
// can describe any machine.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/host/cgroup_layout.h"
#include "runtime/host/mountinfo.h"
#include "runtime/linux/seccomp.h"
#include "spec/config.h"

namespace berth::plan {

/// May do everything, unless something else is said.
struct Host {
  uid_t uid = 0;
  gid_t gid = 0;
  bool is_privileged = true;     ///< CAP_SYS_ADMIN where we are, be it the root of a user namespace
  bool may_mount = true;         ///< the same over our mount namespace
  bool may_map_ids = true;       ///< any id of ours in a new user namespace: CAP_SETUID, CAP_SETGID
  bool may_set_groups = true;    ///< our user namespace does not deny setgroups(2)
  bool may_make_devices = true;  ///< CAP_MKNOD, and of the machine's first user namespace
  std::string uid_mapper;        ///< newuidmap(1); looked for if we may not map ids; empty: missing
  std::string gid_mapper;        ///< newgidmap(1)
  std::uint64_t bounding_set = 0;  ///< capabilities that can be granted here, by bit
  int last_capability = 40;        ///< the highest that this kernel knows
  /// By RLIMIT_ number, RLIM_INFINITY as the kernel has it.
  std::array<std::uint64_t, 16> hard_limits = {};
  bool may_raise_limits = false;  ///< CAP_SYS_RESOURCE of the machine's first user namespace
  bool has_apparmor = false;      ///< the kernel runs it
  bool has_selinux = false;
  sys::SeccompSupport seccomp;  ///< looked at if the config has a filter
  CgroupLayout cgroups;
  KernelMounts kernel_mounts;  ///< looked for if they cannot be left behind: --no-pivot
};

/// This machine, now, as far as the config is about it. `rootless`: cgroups are made where we may
/// make some, and left out where not; nothing: when we are not root, or root of a user namespace
/// alone.
Host read_host(const spec::Config& config, std::optional<bool> rootless = {},
               bool no_pivot = false);

}  // namespace berth::plan
