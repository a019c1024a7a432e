// The end of a container's cgroup: kill everything in it, remove it. Works from the Record
// alone, however far its creation got, and may be repeated.
#pragma once

#include <vector>

#include "runtime/cgroup/members.h"

namespace berth::cgroup {

/// Kills whatever is in there, waits for it to be gone, removes the directories with those below,
/// then the parents we made and nobody uses. A directory that was there before stays. Fails
/// (System) with the path that could not be emptied or removed within some seconds; nothing to do
/// is no error.
void destroy(const std::vector<store::ContainerCgroup>& places);

/// The same for directories that were going to be made, or were just made, and that none of our
/// processes has entered yet: whoever is in there is a stranger, and stays. Empty ones are removed.
void remove_if_empty(const std::vector<store::ContainerCgroup>& places);

}  // namespace berth::cgroup
