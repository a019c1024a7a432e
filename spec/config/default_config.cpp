#include "spec/config/default_config.h"

namespace berth::spec {

namespace {

// The lowest versions of the specification that define what these configs use, so that older
// runtimes accept them. The second one defines recursive mount options.
constexpr char kVersion[] = "1.0.0";
constexpr char kRootlessVersion[] = "1.1.0";

std::vector<Mount> default_mounts() {
  return {
      {"/proc", "proc", "proc", {}},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
      {"/dev/pts",
       "devpts",
       "devpts",
       {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
      {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
      {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}},
  };
}

Process default_process() {
  const Strings capabilities = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  Process process;
  process.terminal = true;
  process.args = {"sh"};
  process.env = {kDefaultPath, "TERM=xterm"};
  process.cwd = "/";
  process.capabilities.emplace();
  process.capabilities->bounding = capabilities;
  process.capabilities->effective = capabilities;
  process.capabilities->permitted = capabilities;
  process.rlimits = {{.type = "RLIMIT_NOFILE", .soft = 1024, .hard = 1024}};
  process.no_new_privileges = true;
  return process;
}

}  // namespace

Config default_config() {
  Config config;
  config.oci_version = kVersion;
  config.process = default_process();
  config.root = Root{.path = "rootfs", .readonly = true};
  config.hostname = "berth";
  config.mounts = default_mounts();
  DeviceRule& deny_all = config.linux.resources.emplace().devices.emplace_back();
  deny_all.access = "rwm";
  for (const char* type : {"pid", "network", "ipc", "uts", "mount", "cgroup"}) {
    config.linux.namespaces.push_back({.type = type, .path = {}});
  }
  config.linux.masked_paths = {
      "/proc/acpi",       "/proc/asound",      "/proc/interrupts",
      "/proc/kcore",      "/proc/keys",        "/proc/latency_stats",
      "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
      "/sys/firmware",    "/proc/scsi",        "/sys/devices/virtual/powercap"};
  config.linux.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                 "/proc/sysrq-trigger"};
  return config;
}

Config rootless_config(std::uint32_t uid, std::uint32_t gid) {
  Config config = default_config();
  config.oci_version = kRootlessVersion;
  config.linux.resources.reset();
  config.linux.uid_mappings = {{.container_id = 0, .host_id = uid, .size = 1}};
  config.linux.gid_mappings = {{.container_id = 0, .host_id = gid, .size = 1}};
  std::erase_if(config.linux.namespaces,
                [](const Namespace& one) { return one.type == "network"; });
  config.linux.namespaces.push_back({.type = "user", .path = {}});
  // Only the owner of the network namespace may mount a sysfs, and this config uses the host's
  // network.
  std::erase_if(config.mounts,
                [](const Mount& one) { return one.destination.starts_with("/sys"); });
  config.mounts.push_back({"/sys", "none", "/sys", {"rbind", "nosuid", "noexec", "nodev", "rro"}});
  for (Mount& one : config.mounts) {
    std::erase_if(one.options, [](const std::string& word) { return word == "gid=5"; });
  }
  return config;
}

}  // namespace berth::spec
