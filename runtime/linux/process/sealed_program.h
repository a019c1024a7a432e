// An executable file without a name, which no process can change. A container that reaches the file
// of its first process finds this copy instead of a file of the host.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Returns a sealed memfd for execveat(2). If `vm.memfd_noexec` forbids that, it returns a file of
/// a detached, read-only tmpfs, which takes CAP_SYS_ADMIN in the mount namespace.
Fd sealed_program(const std::string& name, const void* bytes, std::size_t size);

}  // namespace berth::sys
