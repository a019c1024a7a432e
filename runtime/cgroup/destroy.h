// Ends a container's cgroup: kills everything in it, and removes it. Works from the Record alone,
// however far create got, and may be repeated.
#pragma once

#include <vector>

#include "runtime/cgroup/members.h"

namespace berth::cgroup {

/// Kills all processes in the cgroups, waits until they are gone, and removes the directories with
/// those below, then the unused parents that berth made. A directory that existed before the
/// container stays. System error with the path if it could not be emptied or removed within some
/// seconds. It is not an error if there is nothing to do.
void destroy(const std::vector<store::ContainerCgroup>& places);

/// Removes the empty directories that create intended to make, or has just made, and that no
/// process of the container has entered yet. A process in one of them does not belong to the
/// container, so that directory stays.
void remove_if_empty(const std::vector<store::ContainerCgroup>& places);

}  // namespace berth::cgroup
