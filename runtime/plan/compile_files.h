// The chapters of the compiler about files: the root, `mounts`, devices, masked and read-only
// paths. compile.cpp calls them in the order of this header; each adds its steps. Problems are at
// their exact pointers. config.md "Root" and "Mounts", config-linux.md "Devices" to "Readonly
// Paths"
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/plan/devices.h"
#include "runtime/plan/mount_request.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace berth::plan {

/// The config's files, understood and checked, with the slots of what the host opens for them.
struct Files {
  std::string root_path;  ///< on the host
  std::int32_t root = kNoSlot;
  std::vector<MountRequest> mounts;    ///< in the listed order
  std::vector<DeviceRequest> devices;  ///< the default ones, then those of the config
};

/// Whether the root is a mount of the container's own, with others on it. Without a mount namespace
/// it is, on a detached copy that nobody else sees, when something asks for a mount.
bool has_own_root_mount(const spec::Config& config);

/// Host, before the image is sent: opens the root, and the source of every bind mount and device.
Files compile_mount_sources(const spec::Config& config, Builder& builder);

/// Finds out which new file systems get the label of linux.mountLabel. ML-1
void compile_mount_labels(const spec::Config& config, std::vector<MountRequest>& mounts,
                          Builder& builder);
/// Child: of F, and of M where the file system takes it only there. Nothing without a label.
void add_mount_label(const MountRequest& request, Builder& builder);
void add_top_label(const MountRequest& request, Builder& builder);

/// Host: finds out what id mapping each mount is to have, and gives bind mounts those that are not
/// the container's. MO-idmap-1, MO-ridmap-1
void compile_own_id_maps(const spec::Config& config, std::vector<MountRequest>& mounts,
                         Builder& builder);

/// Both sides, once the container's user namespace exists: the bind mounts that get its mapping.
void compile_container_id_maps(const spec::Config& config, const Files& files, Builder& builder);

/// Host, after MakeCgroup; reads Plan::cgroup: opens the container's own cgroups for mounts of type
/// cgroup in a container that has no cgroup namespace.
void compile_cgroup_sources(Files& files, Builder& builder);

/// Child: takes the mount namespace off the host's propagation and puts the root in place.
void compile_root(const spec::Config& config, const Files& files, Builder& builder);

/// Child: `mounts` in the listed order.
void compile_mounts(const Files& files, Builder& builder);

/// Child: the mount of the request, in its place by now, becomes read-only.
void add_late_read_only(const MountRequest& request, Builder& builder);

/// Child: device nodes, the symbolic links of /dev, and the null device that masks files.
void compile_devices(const spec::Config& config, const Files& files, Builder& builder);

/// Child: from here on no host path exists.
void compile_enter_root(const spec::Config& config, Builder& builder);

/// Child, after everything that writes to files: read-only and masked paths, read-only mounts that
/// had to be written to, the final propagation of the root.
void compile_protection(const spec::Config& config, const Files& files, Builder& builder);

}  // namespace berth::plan
