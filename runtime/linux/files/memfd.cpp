#include "runtime/linux/files/memfd.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"

namespace berth::sys {

namespace {

/// The memfd is marked as not executable: with `vm.memfd_noexec` 2 the kernel creates no other.
Fd create_memfd(const std::string& name, unsigned flags) {
  constexpr unsigned kNotExecutable = 0x8;  // MFD_NOEXEC_SEAL, newer than the headers
  Fd fd = try_create_memfd(name, flags, kNotExecutable);
  if (!fd) fail_errno("memfd_create", name);
  return fd;
}

}  // namespace

Fd try_create_memfd(const std::string& name, unsigned flags, unsigned newer_flag) {
  const int fd = ::memfd_create(name.c_str(), flags | newer_flag);
  return Fd(fd < 0 && errno == EINVAL ? ::memfd_create(name.c_str(), flags) : fd);
}

Fd scratch_file(const std::string& name) { return create_memfd(name, MFD_CLOEXEC); }

Fd sealed_memfd(const std::string& name, const void* bytes, std::size_t size) {
  Fd fd = create_memfd(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  write_and_seal(fd, name, bytes, size);
  return fd;
}

void write_and_seal(const Fd& fd, const std::string& name, const void* bytes, std::size_t size) {
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  // pwrite(2) does not move the offset, so a reader begins at the first byte.
  for (std::size_t written = 0; written < size;) {
    const ssize_t count = retry_on_eintr([&] {
      return ::pwrite(fd.get(), static_cast<const char*>(bytes) + written, size - written,
                      static_cast<off_t>(written));
    });
    if (count <= 0) fail_errno("write", name);
    written += static_cast<std::size_t>(count);
  }
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals) < 0) fail_errno("fcntl F_ADD_SEALS", name);
}

}  // namespace berth::sys
