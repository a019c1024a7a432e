// What berth knows about its machine, as values. compile() has no other source, so tests can
// describe any machine.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/host/cgroup_layout.h"
#include "runtime/host/mountinfo.h"
#include "runtime/linux/security/seccomp.h"
#include "spec/config/config.h"

namespace berth::plan {

/// By default the caller may do everything.
struct Host {
  uid_t uid = 0;
  gid_t gid = 0;
  bool is_privileged = true;     ///< CAP_SYS_ADMIN in berth's user namespace
  bool may_mount = true;         ///< CAP_SYS_ADMIN in the owner of berth's mount namespace
  bool may_map_ids = true;       ///< any id in a new user namespace: CAP_SETUID, CAP_SETGID
  bool may_set_groups = true;    ///< the user namespace does not deny setgroups(2)
  bool may_make_devices = true;  ///< CAP_MKNOD in the initial user namespace
  std::string uid_mapper;        ///< newuidmap(1), if may_map_ids is false; empty: missing
  std::string gid_mapper;        ///< newgidmap(1)
  /// The capabilities that can be granted, as bits; of those that the config does not ask for, only
  /// CAP_SYS_ADMIN may be in it.
  std::uint64_t bounding_set = 0;
  int last_capability = 40;  ///< the highest one of this kernel
  /// By RLIMIT_ number, filled in if the config has limits; RLIM_INFINITY as the kernel defines it.
  std::array<std::uint64_t, 16> hard_limits = {};
  bool may_raise_limits = false;  ///< CAP_SYS_RESOURCE in the initial user namespace
  bool has_apparmor = false;      ///< the config has a profile, and the kernel runs AppArmor
  bool has_selinux = false;       ///< the config has a label, and the kernel runs SELinux
  sys::SeccompSupport seccomp;    ///< filled in if the config has a filter to compile
  CgroupLayout cgroups;
  KernelMounts kernel_mounts;   ///< filled in for --no-pivot, which cannot leave them behind
  std::string empty_namespace;  ///< file of the empty mount namespace; empty: there is none
};

/// What the caller asked for, as far as it changes what berth may do on its machine.
struct HostRequest {
  /// Cgroups are made only where the caller may make some. Without a value that is so unless the
  /// caller is root in the initial user namespace.
  std::optional<bool> rootless = {};
  bool no_cgroups = false;        ///< none is made: the container stays in its caller's
  std::string systemd_flag = {};  ///< the flag that asks systemd for the cgroup; empty: none does
  bool no_pivot = false;
  bool makes_empty_namespace = false;  ///< if there is none yet; otherwise nothing is changed
  std::string bundle = {};             ///< absolute: where relative paths of the config begin
};

/// Examines this machine, as far as the config requires it. Changes nothing but what the request
/// says.
Host read_host(const spec::Config& config, const HostRequest& request = {});

/// The part of it that exec needs: nothing about cgroups, which exist, mounts, or seccomp,
/// whose filter exists.
Host read_host_for_exec(const spec::Config& config);

}  // namespace berth::plan
