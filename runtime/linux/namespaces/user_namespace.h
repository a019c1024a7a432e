// User namespaces for id-mapped mounts: that of a process, and new ones without a process.
// user_namespaces(7), mount_setattr(2)
#pragma once

#include <sys/types.h>

#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Makes a child user namespace with these lines of uid_map and gid_map. It lives as long as its
/// descriptor or a mount that uses it.
Fd make_user_namespace(const std::string& uid_map, const std::string& gid_map);

/// Opens the user namespace of an unreaped child, whose pid cannot be reused.
Fd user_namespace_of(pid_t child);

}  // namespace berth::sys
