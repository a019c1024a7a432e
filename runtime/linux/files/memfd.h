// Files without a name, in memory. memfd_create(2)
#pragma once

#include <cstddef>
#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// An empty memfd, or no descriptor, with errno set. Older kernels, which refuse `newer_flag`,
/// create it without the flag.
Fd try_create_memfd(const std::string& name, unsigned flags, unsigned newer_flag);
/// A sealed memfd with these bytes, which no process can change or execute. Its offset is 0.
/// memfd_create(2)
Fd sealed_memfd(const std::string& name, const void* bytes, std::size_t size);
/// Fills and seals a memfd that is still empty.
void write_and_seal(const Fd& fd, const std::string& name, const void* bytes, std::size_t size);
/// An empty memfd, which other processes may write to.
Fd scratch_file(const std::string& name);

}  // namespace berth::sys
