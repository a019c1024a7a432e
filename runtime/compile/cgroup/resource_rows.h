// The properties of linux.resources that are numbers.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/compile/cgroup/resource_row.h"

namespace berth::plan {

/// In the order in which a new cgroup takes the values.
std::span<const ResourceRow> resource_rows();

/// A weight of 10 to 1000 as one of 1 to 10000 for the file io.weight: the line through both ends,
/// as runc and crun have it.
std::int64_t io_weight_of(std::int64_t weight);

}  // namespace berth::plan
