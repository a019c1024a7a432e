// Calls on a cgroup file system where some refusals are no errors but answers: a directory that is
// busy, one that another process has just removed, a member list that is not there to read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/linux/fd.h"
#include "runtime/linux/system_error.h"

namespace berth::sys {

enum class Mkdir { Made, Existed, NoParent };

/// NoParent: the directory behind `parent` has been removed meanwhile.
Mkdir mkdir_cgroup(const Dir& parent, const std::string& name);

/// False while it has processes or directories below; true when it is gone, or was never there.
bool rmdir_unless_busy(const std::string& path);
bool rmdir_at_unless_busy(const Dir& parent, const std::string& name);

/// The text of cgroup.procs; nothing when the cgroup is gone or threaded (then its processes are
/// listed further up). cgroups(7)
std::optional<std::string> read_cgroup_procs(const Dir& cgroup);

/// Waits until a cgroup.events file changes after it was last read; false at the deadline.
bool wait_for_cgroup_event(const Fd& events, const std::string& name, int milliseconds);

}  // namespace berth::sys
