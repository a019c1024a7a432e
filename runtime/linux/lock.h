// flock(2) with a deadline: a stuck peer yields a message, not a hang.
#pragma once

#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// Takes the exclusive lock of an open file. False when another holds it until the deadline.
/// The lock lives as long as any copy of the descriptor, also one inherited by a child.
bool lock_file(const Fd& fd, const std::string& name, int deadline_milliseconds);

/// Whether another open file description holds the exclusive lock now.
bool is_locked(const Fd& fd, const std::string& name);

}  // namespace berth::sys
