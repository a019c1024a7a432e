// `mounts`, in the listed order. config.md "Mounts"
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/devices.h"
#include "runtime/compile/files/mount_request.h"
#include "spec/config/config.h"

namespace berth::plan {

constexpr char kRootPath[] = "/root/path";

/// The mounts and devices of the config, checked, with the slots of what the host opens for them.
struct Files {
  std::string root_path;  ///< path on the host
  Slot root;
  Slot empty_namespace;  ///< the mount namespace begins as a copy of this one, not of the host's
  std::vector<MountRequest> mounts;    ///< in the listed order
  std::vector<DeviceRequest> devices;  ///< the default ones, then those of the config
};

/// Host, before the image is sent: opens the root, and the sources of bind mounts and devices
/// except those that the child opens.
Files compile_mount_sources(const spec::Config& config, Builder& builder);

/// Host, after MakeCgroup, with Plan::cgroup: opens the container's own cgroups for mounts of type
/// cgroup in a container without a cgroup namespace.
void compile_cgroup_sources(Files& files, Builder& builder);

/// Child: makes the mounts in the listed order.
void compile_mounts(const Files& files, Builder& builder);

/// Child: makes the mount of the request, which has been placed, read-only.
void add_late_read_only(const MountRequest& request, Builder& builder);

}  // namespace berth::plan
