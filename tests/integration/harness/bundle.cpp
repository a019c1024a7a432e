#include "tests/integration/harness/bundle.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <utility>

#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/rootfs.h"

namespace berth::test {

namespace {

constexpr const char* kConfig = R"({
  "ociVersion": "1.0.2",
  "root": {"path": "rootfs", "readonly": false},
  "process": {
    "terminal": false,
    "user": {"uid": 0, "gid": 0},
    "args": ["true"],
    "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    "cwd": "/",
    "capabilities": {
      "bounding": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
      "effective": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
      "permitted": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
    },
    "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
    "noNewPrivileges": true
  },
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
     "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
    {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
     "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
    {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
     "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
    {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
     "options": ["nosuid", "noexec", "nodev"]},
    {"destination": "/sys", "type": "sysfs", "source": "sysfs",
     "options": ["nosuid", "noexec", "nodev", "ro"]}
  ],
  "linux": {
    "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"},
                   {"type": "mount"}, {"type": "cgroup"}],
    "resources": {"devices": [{"allow": false, "access": "rwm"}]},
    "maskedPaths": ["/proc/kcore", "/proc/timer_list", "/proc/scsi", "/sys/firmware"],
    "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
  }
})";

std::string mappings(unsigned first_host_id) {
  return R"([{"containerID": 0, "hostID": )" + std::to_string(first_host_id) +
         R"(, "size": 65536}])";
}

}  // namespace

Bundle::Bundle(std::string directory) : directory_(std::move(directory)) {
  REQUIRE(std::filesystem::create_directory(directory_));
  make_rootfs(directory_ + "/rootfs");
  replace_config(kConfig);
}

Bundle& Bundle::replace_config(const std::string& text) {
  config_ = text;
  write_file(directory_ + "/config.json", config_);
  return *this;
}

Bundle& Bundle::set(const std::string& pointer, const std::string& json) {
  return replace_config(json::set(config_, pointer, json));
}

Bundle& Bundle::erase(const std::string& pointer) {
  return replace_config(json::erase(config_, pointer));
}

Bundle& Bundle::args(const std::vector<std::string>& args) {
  return set("/process/args", json::list(args));
}

Bundle& Bundle::script(const std::string& text) { return args({"sh", "-c", text}); }

Bundle& Bundle::add_mount(const std::string& type, const std::string& source,
                          const std::string& destination, const std::vector<std::string>& options) {
  return set("/mounts/-", R"({"type":)" + json::quote(type) + R"(,"source":)" +
                              json::quote(source) + R"(,"destination":)" +
                              json::quote(destination) + R"(,"options":)" + json::list(options) +
                              "}");
}

std::size_t Bundle::namespace_index(const std::string& type) const {
  const std::size_t count = json::size_of(config_, "/linux/namespaces");
  for (std::size_t i = 0; i < count; ++i) {
    const std::string pointer = "/linux/namespaces/" + std::to_string(i);
    if (json::get(config_, pointer + "/type") == type) return i;
  }
  FAIL("no namespace " << type);
  return count;
}

Bundle& Bundle::add_namespace(const std::string& type, const std::string& path) {
  const std::string member = path.empty() ? "" : R"(,"path":)" + json::quote(path);
  return set("/linux/namespaces/-", R"({"type":)" + json::quote(type) + member + "}");
}

Bundle& Bundle::drop_namespace(const std::string& type) {
  return erase("/linux/namespaces/" + std::to_string(namespace_index(type)));
}

Bundle& Bundle::map_users(unsigned first_host_id) {
  return add_namespace("user")
      .set("/linux/uidMappings", mappings(first_host_id))
      .set("/linux/gidMappings", mappings(first_host_id));
}

Bundle& Bundle::capabilities(const std::vector<std::string>& names) {
  for (const char* set_name : {"bounding", "effective", "permitted", "inheritable", "ambient"}) {
    set(std::string("/process/capabilities/") + set_name, json::list(names));
  }
  return *this;
}

}  // namespace berth::test
