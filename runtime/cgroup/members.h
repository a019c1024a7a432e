// Who is in a container's cgroup, as the recorded footprints say where it is. Read-only but for
// signals; making is tree.h, removing destroy.h.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/linux/process.h"

namespace berth::cgroup {

/// What is left on the host, for the record: enough to undo everything, now or after a crash.
struct Footprint {
  std::string directory;  ///< absolute, of the host
  std::string topmost;    ///< the highest directory we made for it; empty: it was there before
};

/// Every process in the container's cgroup and below, in any hierarchy, each once. Processes that
/// our pid namespace cannot see are left out. Each was a member after its handle was opened, so
/// none means a stranger that got the number of a member.
std::vector<sys::Pidfd> open_members(const std::vector<Footprint>& footprints);

/// Sends a signal to every process in the cgroup and below. Returns how many were reached: a
/// process that ends meanwhile is none of our business any more.
std::size_t signal_all(const std::vector<Footprint>& footprints, int signal);

/// Whether a process is in this directory or below, also one that our pid namespace cannot see.
bool is_populated(const sys::Dir& cgroup);

/// Whether its processes stand still, by itself or by a parent.
bool is_frozen(const sys::Dir& cgroup);

}  // namespace berth::cgroup
