// A program of berth's own as a file that has no name and that nobody can change: what enters a
// container has no way to a file of the host that could be written to.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// To be executed by its descriptor: a sealed memfd. Where `vm.memfd_noexec` forbids that, a file
/// of a tmpfs that is attached nowhere and was made read-only, which takes CAP_SYS_ADMIN over the
/// mount namespace. execveat(2)
Fd sealed_program(const std::string& name, const void* bytes, std::size_t size);

}  // namespace berth::sys
