// Where a container's cgroup goes if config.json does not say: into berth's own cgroup, so that the
// container cannot escape its caller's limits. In v2 a cgroup with processes, such as berth's own,
// cannot pass controllers on, so a cgroup with limits goes next to it or above. A caller who is not
// root of the machine can make cgroups only where they were delegated to it. cgroups(7) "Delegating
// a hierarchy"
#pragma once

#include <string>

#include "runtime/host/cgroup_layout.h"

namespace berth::plan {

/// Finds out what was delegated to the caller, and marks the layout as delegated. A v2 cgroup is
/// delegated together with its `cgroup.procs`.
void find_delegated(CgroupLayout& layout);

/// The part of a delegated layout in which a container can have limits: a hierarchy in which
/// nothing is delegated has no controllers, and v2 has those of the parent of berth's cgroup.
CgroupLayout usable_part(const CgroupLayout& layout);

/// The parent of a cgroup; the top of a hierarchy is its own parent, because it may have both
/// processes and limits.
std::string parent_of(const std::string& place);

}  // namespace berth::plan
