// The processes in the cgroups that a container's Record lists. Read-only: kill.h sends signals,
// tree.h makes cgroups, destroy.h removes them.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/process/process.h"
#include "runtime/store/container_cgroup.h"

namespace berth::cgroup {

/// How many handles are open at once: a caller may have room for only 64 descriptors.
constexpr std::size_t kHandles = 16;

struct Member {
  pid_t pid = 0;
  sys::Pidfd handle;
};

/// Handles of those of `pids` that are in this one cgroup. Membership is checked after the handles
/// were opened, so none of them can be of an unrelated process that got a member's pid.
std::vector<Member> open_members(const sys::Dir& cgroup, const std::vector<pid_t>& pids);

/// Calls `take` once with every process in the container's cgroup and below, in any hierarchy,
/// except the one with the pid `but` (0: no exception). Leaves out processes that are not visible
/// in berth's pid namespace.
void for_each_member(const std::vector<store::ContainerCgroup>& places, pid_t but,
                     const std::function<void(sys::Pidfd)>& take);

/// The sorted pids of all processes in the container's cgroups and below, in any hierarchy. Leaves
/// out those that are not visible in berth's pid namespace.
std::vector<pid_t> pids_in(const std::vector<store::ContainerCgroup>& places);

/// Whether a process is in this cgroup or below, even one that berth's pid namespace does not show.
bool is_populated(const sys::Dir& cgroup);

}  // namespace berth::cgroup
