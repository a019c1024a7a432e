// Counts the processes that the kernel killed in a container's cgroup for lack of memory.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/cgroup/members.h"

namespace berth::cgroup {

/// How many processes the kernel has killed for the container's memory limit, by the count of the
/// memory hierarchy. 0 if there is none, and for a cgroup that existed before the container, whose
/// count may include other processes.
std::uint64_t count_memory_kills(const std::vector<store::ContainerCgroup>& places);

}  // namespace berth::cgroup
