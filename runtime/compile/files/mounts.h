// `mounts`, in the listed order. config.md "Mounts"
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/devices.h"
#include "runtime/compile/files/mount_request.h"
#include "spec/config.h"

namespace berth::plan {

/// The config's files, understood and checked, with the slots of what the host opens for them.
struct Files {
  std::string root_path;  ///< on the host
  Slot root;
  std::vector<MountRequest> mounts;    ///< in the listed order
  std::vector<DeviceRequest> devices;  ///< the default ones, then those of the config
};

/// Host, before the image is sent: opens the root, and the source of every bind mount and device.
Files compile_mount_sources(const spec::Config& config, Builder& builder);

/// Host, after MakeCgroup; reads Plan::cgroup: opens the container's own cgroups for mounts of type
/// cgroup in a container that has no cgroup namespace.
void compile_cgroup_sources(Files& files, Builder& builder);

/// Child: `mounts` in the listed order.
void compile_mounts(const Files& files, Builder& builder);

/// Child: the mount of the request, in its place by now, becomes read-only.
void add_late_read_only(const MountRequest& request, Builder& builder);

}  // namespace berth::plan
