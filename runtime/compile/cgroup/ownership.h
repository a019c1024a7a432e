// Whether the container's user may manage cgroups below the container's own one.
// config-linux.md, "Cgroup ownership"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host, during the clone: gives the v2 cgroup to the user of the container's program, if the
/// container has a new cgroup namespace and a writable mount of the cgroups. CO-1 to CO-3
void compile_cgroup_ownership(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
