// Sends signals to all processes in a container's cgroup.
#pragma once

#include <vector>

#include "runtime/cgroup/members.h"

namespace berth::cgroup {

/// Sends a signal to every process in the cgroup and below except `but`, which has received it
/// already. A process that one of them forks meanwhile does not escape SIGKILL, for which frozen
/// cgroups are thawed.
void signal_all(const std::vector<store::ContainerCgroup>& places, int signal, pid_t but);

/// Kills every process in the cgroup and below, including frozen ones, and waits until all are
/// gone. System error with the cgroup that still has processes after several seconds.
void kill_all(const std::vector<store::ContainerCgroup>& places);

}  // namespace berth::cgroup
