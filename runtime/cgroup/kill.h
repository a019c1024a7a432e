// Signals to everything in a container's cgroup.
#pragma once

#include <vector>

#include "runtime/cgroup/members.h"

namespace berth::cgroup {

/// Sends a signal to every process in the cgroup and below but `but`, which has got it already. No
/// process that one of them forks meanwhile escapes a SIGKILL, and the frozen are thawed for it.
void signal_all(const std::vector<store::ContainerCgroup>& places, int signal, pid_t but);

/// Kills every process in there, frozen ones too, and waits until all are gone. Fails (System) with
/// the cgroup that still has some after several seconds.
void kill_all(const std::vector<store::ContainerCgroup>& places);

}  // namespace berth::cgroup
