// The processes in a container's cgroups, wherever the Record says that those are. Read-only:
// signals are kill.h, making is tree.h, removing destroy.h.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/linux/process.h"
#include "runtime/store/container_cgroup.h"

namespace berth::cgroup {

/// A few at a time are open, however many there are: a caller may have room for 64 descriptors.
constexpr std::size_t kHandles = 16;

struct Member {
  pid_t pid = 0;
  sys::Pidfd handle;
};

/// Handles of those of `pids` that are in this one cgroup. Each was a member after its handle was
/// opened, so none means a stranger that got the number of a member.
std::vector<Member> open_members(const sys::Dir& cgroup, const std::vector<pid_t>& pids);

/// Calls `take` with every process in the container's cgroup and below, in any hierarchy, each
/// once, but not with the one whose pid is `but` (0: with all). Processes that our pid namespace
/// cannot see are left out.
void for_each_member(const std::vector<store::ContainerCgroup>& places, pid_t but,
                     const std::function<void(sys::Pidfd)>& take);

/// Whether a process is in this directory or below, also one that our pid namespace cannot see.
bool is_populated(const sys::Dir& cgroup);

/// Whether its processes stand still, by itself or by a parent.
bool is_frozen(const sys::Dir& cgroup);

}  // namespace berth::cgroup
