// What the kernel killed in a container's cgroup for want of memory.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/cgroup/members.h"

namespace berth::cgroup {

/// How many processes the kernel has killed for the container's memory limit, as the memory
/// hierarchy counts them: 0 where there is none, and for a cgroup that was there before, whose
/// count may be of others.
std::uint64_t count_memory_kills(const std::vector<store::ContainerCgroup>& places);

}  // namespace berth::cgroup
