// User namespaces for id-mapped mounts: those of a process, and those that no process is in.
// user_namespaces(7), mount_setattr(2)
#pragma once

#include <sys/types.h>

#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// A new one below ours with these lines of uid_map and gid_map. It lives as long as its descriptor
/// or a mount that uses it.
Fd make_user_namespace(const std::string& uid_map, const std::string& gid_map);

/// That of a child of ours that was not reaped: its pid cannot mean another.
Fd user_namespace_of(pid_t child);

}  // namespace berth::sys
