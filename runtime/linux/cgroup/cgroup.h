// Calls on a cgroup file system. Some refusals are answers here rather than errors: the directory
// is busy, another process has just removed it, or its list of members cannot be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/base/system_error.h"

namespace berth::sys {

enum class Mkdir { Made, Existed, NoParent };

/// NoParent means that the directory behind `parent` has been removed.
Mkdir mkdir_cgroup(const Dir& parent, const std::string& name);

/// Returns false while the cgroup has processes or child cgroups, and true once it does not exist.
bool rmdir_unless_busy(const std::string& path);
bool rmdir_at_unless_busy(const Dir& parent, const std::string& name);

/// For a caller without privilege, to whom a delegated cgroup belongs: gives the owner the use of
/// the cgroup and its files again, which the processes of a container may have taken away. Does
/// nothing for root, and where another owns them. chmod(2)
void regain_control(const Dir& cgroup);

/// Whether the cgroup has this file. A child cgroup of that name does not count: a container that
/// may make one could pass for the other version of cgroups.
bool has_control_file(const Dir& cgroup, const std::string& file);
/// Opens it for reading, if the cgroup has it.
std::optional<Fd> open_control_file(const Dir& cgroup, const std::string& file);

/// Returns the text of cgroup.procs, which is empty if the cgroup is gone or threaded (the kernel
/// then lists its processes in the threaded domain above). cgroups(7)
std::string read_cgroup_procs(const Dir& cgroup);

}  // namespace berth::sys
