// Whether the container's mount namespace begins empty, instead of as a copy of the host's. A copy
// takes as long as the host has mounts, and the kernel has to take all of them away again.
#pragma once

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mounts.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Then the child stays in the host's mount namespace while it builds the root as a detached tree,
/// from the host's paths and in the listed order. That is so if Host::empty_namespace is set, but
/// not
///
/// - with a user namespace, in which the copy locks the host's mounts together: what another mount
///   hides must stay hidden;
/// - with hooks that run before the root is entered, because they look for it at the host's path;
/// - if a mount or the root is to be shared with the host, or a slave: a detached tree does not get
///   what the host mounts meanwhile;
/// - if a step changes a mount that is placed already, other than the directory of all cgroup
///   hierarchies; or for a file system that may take paths as options.
bool may_start_empty(const spec::Config& config, const Files& files, const Builder& builder);

}  // namespace berth::plan
