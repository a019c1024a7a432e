#include "runtime/linux/process/sealed_program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/memfd.h"

namespace berth::sys {

namespace {

[[noreturn]] void fail_forbidden(const std::string& name, const char* call) {
  const int number = errno;
  fail(ErrorKind::System,
       std::string("cannot make '") + name + "' executable: " + call + ": " + errno_text(number),
       {}, "vm.memfd_noexec is 2: set it to 1, or give berth CAP_SYS_ADMIN in its mount namespace");
}

/// Makes a detached tmpfs.
Fd make_mount(const std::string& name) {
  const Fd context(fsopen("tmpfs"));
  if (!context) fail_forbidden(name, "fsopen");
  if (fsconfig_create(context.get()) < 0) fail_forbidden(name, "fsconfig");
  Fd mount(fsmount(context.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
  if (!mount) fail_forbidden(name, "fsmount");
  return mount;
}

Fd make_file(const std::string& name, const void* bytes, std::size_t size) {
  constexpr mode_t kMode = 0500;
  const Dir top{.fd = make_mount(name), .name = name};
  {
    const Fd file = open_at(top, name, O_WRONLY | O_CREAT | O_EXCL, kMode);
    write_all(file, {static_cast<const char*>(bytes), size}, name);
  }
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  if (mount_setattr(top.fd.get(), "", AT_EMPTY_PATH, attributes) < 0) {
    fail_errno("mount_setattr", name);
  }
  return open_at(top, name, O_PATH);
}

}  // namespace

Fd sealed_program(const std::string& name, const void* bytes, std::size_t size) {
  constexpr unsigned kExecutable = 0x10;  // MFD_EXEC, newer than the headers
  Fd fd = try_create_memfd(name, MFD_CLOEXEC | MFD_ALLOW_SEALING, kExecutable);
  if (!fd && errno == EACCES) return make_file(name, bytes, size);
  if (!fd) fail_errno("memfd_create", name);
  write_and_seal(fd, name, bytes, size);
  return fd;
}

}  // namespace berth::sys
