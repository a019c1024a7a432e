#include "tests/integration/harness/cgroups.h"

#include <algorithm>

#include "spec/text.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/mountinfo.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {

namespace {

bool unified_has(const MountEntry& mount, const std::string& controller) {
  const auto controllers = read_file_if_exists(mount.mountpoint + "/cgroup.controllers");
  if (!controllers) return false;
  const std::vector<std::string> names = words_of(*controllers);
  return std::find(names.begin(), names.end(), controller) != names.end();
}

CgroupDirectory directory_in(const MountEntry& mount, pid_t pid, const std::string& controller) {
  return {.unified = mount.type == "cgroup2",
          .mountpoint = mount.mountpoint,
          .path = mount.mountpoint + cgroup_of(pid, controller).value_or("")};
}

}  // namespace

std::optional<CgroupDirectory> cgroup_directory(pid_t pid, const std::string& controller) {
  for (const MountEntry& mount : mounts_of(0)) {
    if (mount.type == "cgroup" && mount.super_has(controller)) {
      return directory_in(mount, pid, controller);
    }
    if (mount.type == "cgroup2" && unified_has(mount, controller)) {
      return directory_in(mount, pid, "");
    }
  }
  return std::nullopt;
}

std::optional<CgroupDirectory> unified_directory(pid_t pid) {
  for (const MountEntry& mount : mounts_of(0)) {
    if (mount.type == "cgroup2") return directory_in(mount, pid, "");
  }
  return std::nullopt;
}

std::vector<CgroupDirectory> cgroup_directories(pid_t pid) {
  std::vector<CgroupDirectory> directories;
  for (const MountEntry& mount : mounts_of(0)) {
    if (mount.type == "cgroup2") directories.push_back(directory_in(mount, pid, ""));
    if (mount.type != "cgroup") continue;
    const auto names = text::words<std::string>(mount.super_options, ',');
    const auto name = std::find_if(names.begin(), names.end(), [&](const auto& word) {
      return cgroup_of(pid, word).has_value();
    });
    if (name != names.end()) directories.push_back(directory_in(mount, pid, *name));
  }
  return directories;
}

std::vector<std::string> cgroup_mountpoints() {
  std::vector<std::string> paths;
  for (const MountEntry& mount : mounts_of(0)) {
    if (mount.type == "cgroup" || mount.type == "cgroup2") paths.push_back(mount.mountpoint);
  }
  return paths;
}

}  // namespace berth::test
