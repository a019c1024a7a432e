// What the kernel answers about mounts in the tests of their texts.
#pragma once

#include <string>

#include "runtime/host/cgroup_layout.h"
#include "runtime/host/mountinfo.h"

namespace berth::plan {

/// Each path leads to the last mount that was made there, as where nothing hides one.
inline MountIdAt last_mount_in(const std::string& mountinfo) {
  return [mountinfo](const std::string& path) {
    std::uint64_t id = 0;
    for (const MountLine& mount : parse_mountinfo(mountinfo)) {
      if (unescaped(mount.mountpoint) == path) id = mount.id;
    }
    return id;
  };
}

inline CgroupLayout layout_of(const std::string& mountinfo, const std::string& own_cgroups) {
  return parse_cgroup_layout(mountinfo, own_cgroups, last_mount_in(mountinfo));
}

}  // namespace berth::plan
