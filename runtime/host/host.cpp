#include "runtime/host/host.h"

#include <linux/capability.h>

#include <algorithm>

#include "runtime/host/cgroup_delegation.h"
#include "runtime/host/cgroup_places.h"
#include "runtime/host/copied_mounts.h"
#include "runtime/host/systemd.h"
#include "runtime/linux/namespaces/empty_namespace.h"
#include "runtime/linux/namespaces/mount_id.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/program.h"
#include "runtime/linux/security/privileges.h"
#include "runtime/linux/security/security_modules.h"

namespace berth::plan {

namespace {

void read_privileges(Host& host, bool is_first_namespace) {
  const bool is_root = host.uid == 0;
  const std::uint64_t effective = sys::effective_capabilities();
  const auto has = [effective](int capability) { return ((effective >> capability) & 1) != 0; };
  host.is_privileged = has(CAP_SYS_ADMIN);
  host.may_mount = host.is_privileged && (is_first_namespace || sys::owns_mount_namespace());
  // The child cannot be inspected yet, so its files in /proc belong to root.
  host.may_map_ids = is_root && has(CAP_SETUID) && has(CAP_SETGID);
  host.may_set_groups = is_first_namespace || sys::may_set_groups();
  host.may_make_devices = is_first_namespace && has(CAP_MKNOD);
  host.may_raise_limits = is_first_namespace && has(CAP_SYS_RESOURCE);
  if (host.may_map_ids) return;
  host.uid_mapper = sys::find_program("newuidmap");
  host.gid_mapper = sys::find_program("newgidmap");
}

void read_hard_limits(Host& host) {
  for (std::size_t resource = 0; resource < host.hard_limits.size(); ++resource) {
    host.hard_limits[resource] = sys::hard_limit(static_cast<int>(resource));
  }
}

/// Those of the config, and the one that loading a filter takes.
std::uint64_t asked_capabilities(const spec::Config& config) {
  std::uint64_t asked = std::uint64_t{1} << CAP_SYS_ADMIN;
  if (!config.process || !config.process->capabilities) return asked;
  const spec::Capabilities& sets = *config.process->capabilities;
  for (const spec::Strings* set : {&sets.bounding, &sets.permitted}) {
    for (const std::string& name : *set) {
      if (const auto number = sys::capability_number(name)) asked |= std::uint64_t{1} << *number;
    }
  }
  return asked;
}

/// What the caller and the kernel can do.
Host read_abilities(const spec::Config& config, bool is_first_namespace) {
  Host host;
  host.uid = sys::effective_uid();
  host.gid = sys::effective_gid();
  const sys::CapabilityBounds bounds = sys::capability_bounds(asked_capabilities(config));
  host.bounding_set = bounds.set;
  host.last_capability = bounds.last;
  if (config.process && !config.process->rlimits.empty()) read_hard_limits(host);
  read_privileges(host, is_first_namespace);
  const bool has_profile = config.process && config.process->apparmor_profile;
  const bool has_label =
      (config.process && config.process->selinux_label) || !config.linux.mount_label.empty();
  host.has_apparmor = has_profile && sys::is_apparmor_enabled();
  host.has_selinux = has_label && sys::is_selinux_enabled();
  return host;
}

/// Whether a mount namespace can begin empty, as far as this machine has a part in it. To enter one
/// takes CAP_SYS_CHROOT, too. setns(2)
bool may_start_empty(const Host& host, const spec::Config& config, const HostRequest& request,
                     bool is_first_namespace) {
  const std::uint64_t chroot = (sys::effective_capabilities() >> CAP_SYS_CHROOT) & 1;
  if (!is_first_namespace || !host.may_mount || chroot == 0 || request.no_pivot) return false;
  const auto& spaces = config.linux.namespaces;
  const bool has_users = std::any_of(spaces.begin(), spaces.end(),
                                     [](const auto& space) { return space.type == "user"; });
  if (has_users || config.hooks.any_in_create()) return false;  // always a copy of all mounts
  bool is_there = sys::has_empty_namespace();
  if (!is_there && request.makes_empty_namespace) {
    sys::make_empty_namespace();
    is_there = sys::has_empty_namespace();
  }
  return is_there && !needs_copied_mounts(config, request.bundle);
}

}  // namespace

Host read_host(const spec::Config& config, const HostRequest& request) {
  const bool is_first_namespace = !sys::in_user_namespace();
  Host host = read_abilities(config, is_first_namespace);
  if (config.linux.seccomp)
    host.seccomp = sys::seccomp_support(config.linux.seccomp->flags.has_value());
  host.cgroups = read_cgroup_layout(config.linux.intel_rdt.has_value());
  host.cgroups.limits_devices = is_first_namespace && host.is_privileged;
  host.cgroups.is_disabled = request.no_cgroups;
  const bool is_rootless = request.rootless.value_or(host.uid != 0 || !is_first_namespace);
  if (!request.systemd_flag.empty()) {
    host.cgroups.systemd = find_systemd(host.cgroups, is_rootless, host.uid, request.systemd_flag);
  } else {
    if (config.linux.cgroups_path.empty()) find_own_places(host.cgroups);
    if (is_rootless && !request.no_cgroups) find_delegated(host.cgroups);
  }
  if (request.no_pivot) host.kernel_mounts = find_kernel_mounts(read_mountinfo(), sys::mount_id_of);
  if (may_start_empty(host, config, request, is_first_namespace))
    host.empty_namespace = sys::kEmptyNamespace;
  return host;
}

Host read_host_for_exec(const spec::Config& config) {
  Host host = read_abilities(config, !sys::in_user_namespace());
  if (config.linux.intel_rdt)
    host.cgroups = read_cgroup_layout(true);  // resctrl is one of its mounts
  return host;
}

}  // namespace berth::plan
