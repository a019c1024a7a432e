// A mount of type cgroup or cgroup2: what it stands for depends on the host's hierarchies, and on
// whether the container has a cgroup namespace. Without one it sees its own subtree, bound.
// cgroup_namespaces(7); config-linux.md, "Control groups"
#pragma once

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_request.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace berth::plan {

/// To be called for every request; the others are left alone. One that comes to a single new file
/// system becomes an ordinary Kind::Filesystem. Unsupported where the host has no such hierarchy.
void resolve_cgroup_mount(MountRequest& request, const spec::Config& config, Builder& builder);

/// Host, after MakeCgroup: opens the container's own cgroups, where they are what is shown.
void open_cgroups(MountRequest& request, Builder& builder);

/// Child: the steps of a Kind::Cgroup.
void compile_cgroup_mount(const MountRequest& request, Builder& builder);

}  // namespace berth::plan
