// fcntl(2) locks of whole files, with a deadline: a stuck peer yields a message, not a hang. The
// kernel knows the process that holds one, even if that process stands still, and asking for it
// disturbs nobody.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// Takes the exclusive lock of a file that is open for writing. False when another process holds it
/// until the deadline. The lock ends with the process, or when the process closes any descriptor of
/// the file: the holder must not open the file a second time.
bool lock_file(const Fd& fd, const std::string& name, int deadline_milliseconds);

/// The other process that holds the lock now; 0 for a process that our pid namespace does not see.
std::optional<pid_t> lock_holder(const Fd& fd, const std::string& name);

}  // namespace berth::sys
