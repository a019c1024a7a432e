// fcntl(2) locks of whole files, with a deadline, so that a stuck process causes an error instead
// of a hang. The kernel names the process that holds a lock, even a stopped one, and the query does
// not disturb other processes.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Takes the exclusive lock of a file that is open for writing. Returns false if another process
/// still holds it at the deadline. The lock ends with the process, or when the process closes any
/// descriptor of the file, so the holder must not open the file again.
bool lock_file(const Fd& fd, const std::string& name, int deadline_milliseconds);

/// The other process that holds the lock; 0 if that process is not visible in berth's pid
/// namespace.
std::optional<pid_t> lock_holder(const Fd& fd, const std::string& name);

}  // namespace berth::sys
