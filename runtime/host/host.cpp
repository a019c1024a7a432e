#include "runtime/host/host.h"

#include <linux/capability.h>

#include "runtime/host/cgroup_delegation.h"
#include "runtime/host/cgroup_places.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/namespaces/mount_id.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/security/privileges.h"
#include "runtime/linux/security/security_modules.h"

namespace berth::plan {

namespace {

/// The caller's PATH is not used, because this program decides the ids of a container.
std::string find_program(const std::string& name) {
  for (const char* directory :
       {"/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/", "/run/wrappers/bin/"}) {
    std::string path = directory + name;
    if (sys::inode_if_exists(path)) return path;
  }
  return {};
}

void read_privileges(Host& host, bool is_first_namespace) {
  const bool is_root = host.uid == 0;
  host.is_privileged = sys::has_effective_capability(CAP_SYS_ADMIN);
  host.may_mount = host.is_privileged && (is_first_namespace || sys::owns_mount_namespace());
  // The child cannot be inspected yet, so its files in /proc belong to root.
  host.may_map_ids = is_root && sys::has_effective_capability(CAP_SETUID) &&
                     sys::has_effective_capability(CAP_SETGID);
  host.may_set_groups = is_first_namespace || sys::may_set_groups();
  host.may_make_devices = is_first_namespace && sys::has_effective_capability(CAP_MKNOD);
  host.may_raise_limits = is_first_namespace && sys::has_effective_capability(CAP_SYS_RESOURCE);
  if (host.may_map_ids) return;
  host.uid_mapper = find_program("newuidmap");
  host.gid_mapper = find_program("newgidmap");
}

}  // namespace

Host read_host(const spec::Config& config, std::optional<bool> rootless, bool no_pivot) {
  Host host;
  host.uid = sys::effective_uid();
  host.gid = sys::effective_gid();
  host.bounding_set = sys::bounding_set();
  host.last_capability = sys::last_capability();
  for (std::size_t resource = 0; resource < host.hard_limits.size(); ++resource) {
    host.hard_limits[resource] = sys::hard_limit(static_cast<int>(resource));
  }
  const bool is_first_namespace = !sys::in_user_namespace();
  read_privileges(host, is_first_namespace);
  host.has_apparmor = sys::is_apparmor_enabled();
  host.has_selinux = sys::is_selinux_enabled();
  if (config.linux.seccomp) host.seccomp = sys::seccomp_support();
  host.cgroups = read_cgroup_layout();
  host.cgroups.limits_devices = is_first_namespace && host.is_privileged;
  if (config.linux.cgroups_path.empty()) find_own_places(host.cgroups);
  if (rootless.value_or(host.uid != 0 || !is_first_namespace)) find_delegated(host.cgroups);
  if (no_pivot) host.kernel_mounts = find_kernel_mounts(read_mountinfo(), sys::mount_id_of);
  return host;
}

}  // namespace berth::plan
