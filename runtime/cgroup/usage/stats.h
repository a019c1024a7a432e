// What a container has used, by the counts of its cgroups.
#pragma once

#include <vector>

#include "runtime/store/container_cgroup.h"
#include "spec/documents/stats.h"

namespace berth::cgroup {

/// Reads v1, v2 and both at once. A count that the kernel does not keep is 0 or absent.
spec::Stats read_stats(const std::vector<store::ContainerCgroup>& places);

}  // namespace berth::cgroup
