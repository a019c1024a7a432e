// Freezes the processes of a container, and thaws them: v2 by cgroup.freeze, v1 by freezer.state.
// The directories come from the Record; some may be missing by now.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/process/signals.h"
#include "runtime/store/record.h"

namespace berth::cgroup {

/// Whether its processes are frozen, by this cgroup or by one above it. In v1 they are from
/// FREEZING on, in v2 when all of them are.
bool is_frozen(const sys::Dir& cgroup);

/// The first of the container's freezers that is frozen.
std::optional<std::string> find_frozen(const store::Record& record);

/// The signals that `interrupt` of freeze() has to receive: those that end a command, and that of
/// the deadline.
std::vector<int> freeze_signals();

/// Freezes all processes in the container's v2 cgroup and below, or in its v1 cgroup if it has no
/// other, and waits until all are frozen: in v2 for an event, in v1, which has none, by reading the
/// state again. Throws a State error, and thaws them, if a signal arrives first, if that takes
/// longer than 10 s, or if there are no processes.
void freeze(const std::vector<std::string>& freezers, sys::SignalFd& interrupt);

/// Thaws every cgroup that is frozen or that a freeze() which was killed has begun to freeze.
/// Returns false if there is none. Throws a State error if a cgroup above keeps it frozen.
bool thaw(const std::vector<std::string>& freezers);

/// Whether the cgroup is of the v1 freezer.
bool is_v1_freezer(const sys::Dir& cgroup);

/// v1: freezes processes that could fork faster than berth sends signals; goes on after half a
/// second with those that are frozen by then.
void freeze_to_kill(const sys::Dir& cgroup);

/// v1 does not deliver SIGKILL to frozen processes. Thaws the cgroup and those that the container
/// may have frozen below it.
void thaw_to_kill(const sys::Dir& cgroup);
/// Does that for the v1 freezer among these cgroups.
void thaw_to_kill(const std::vector<std::string>& freezers);

/// Thaws the cgroup alone; returns false if the kernel refuses that.
bool try_thaw(const sys::Dir& cgroup);

}  // namespace berth::cgroup
