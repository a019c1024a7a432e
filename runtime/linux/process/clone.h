// A child that shares berth's memory until its execve (CLONE_VM), on a stack of its own. clone3(2)
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

struct ClonedChild {
  pid_t pid;
  Fd handle;  ///< a pidfd
};

/// The size of the child's stack, in bytes: enough for a few frames, as the child handles no
/// signals until its execve. The stack is the child's own because a sanitizer's marks of frames
/// that never return would remain on berth's.
constexpr std::size_t kCloneStack = std::size_t{16} << 10;

/// Runs `body(argument)`, which must not return, in a child with these flags besides CLONE_VM. It
/// is born in the v2 cgroup whose directory is open as `cgroup`, unless that is -1. `stack` has
/// kCloneStack bytes, aligned to 16, and `subject` is for the SystemError.
ClonedChild clone_child(void (*body)(void*), void* argument, char* stack, std::uint64_t flags,
                        int cgroup, const char* subject);

}  // namespace berth::sys
