// A mount of type cgroup or cgroup2. Its meaning depends on the host's hierarchies, and on whether
// the container has a cgroup namespace. Without one it is a bind mount of the container's own
// cgroup. cgroup_namespaces(7); config-linux.md, "Control groups"
#pragma once

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_request.h"
#include "runtime/plan/plan.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Must be called for every request, and changes only cgroup mounts. A mount that is just one new
/// file system becomes Kind::Filesystem. It is an Unsupported problem if the host has no such
/// hierarchy.
void resolve_cgroup_mount(MountRequest& request, const spec::Config& config, Builder& builder);

/// Host, after MakeCgroup: opens the container's own cgroups, if the mount shows them.
void open_cgroups(MountRequest& request, Builder& builder);

/// Child: the steps of a Kind::Cgroup.
void compile_cgroup_mount(const MountRequest& request, Builder& builder);

/// Child: what the directory of all hierarchies gets once they are in it; for a mount that is
/// staged, once the root is entered.
void finish_cgroup_directory(const MountRequest& request, Builder& builder);
/// Whether the mount is such a directory.
bool is_cgroup_directory(const MountRequest& request, const Builder& builder);

}  // namespace berth::plan
