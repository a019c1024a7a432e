// The cgroups of a container that exists, for what changes and measures them.
#pragma once

#include <string>
#include <vector>

#include "runtime/compile/cgroup/resource_row.h"
#include "runtime/host/cgroup_layout.h"
#include "runtime/plan/cgroup_plan.h"
#include "runtime/store/record.h"

namespace berth::container {

/// A layout of only those hierarchies in which the container has a cgroup of its own; v2 has the
/// controllers of that cgroup.
struct OwnCgroups {
  plan::CgroupLayout layout;
  std::vector<plan::CgroupDirectory> directories;  ///< the container's, in the layout's order

  /// The directory in the hierarchy that has the controller; empty if there is none.
  std::string directory_of(const std::string& controller) const;
};

/// `layout` is this machine's.
OwnCgroups find_own_cgroups(const store::Record& record,
                            const plan::CgroupLayout& layout = plan::read_cgroup_layout(false));

/// Reads only those values that these resources are to be combined with.
plan::Standing read_standing(const spec::Resources& resources, const OwnCgroups& own);

/// Bytes of memory in use; 0 if the container has no cgroup that counts them.
std::uint64_t memory_usage(const OwnCgroups& own);

}  // namespace berth::container
