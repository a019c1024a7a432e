#include "runtime/linux/base/fd.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/linux/base/system_error.h"

namespace berth::sys {

Fd::~Fd() {
  if (number_ >= 0) (void)::close(number_);  // an Fd cannot act on a failing close
}

Fd duplicate(const Fd& fd) {
  // musl's fcntl(3) makes a second system call, for kernels that lacked the command.
  Fd copy(static_cast<int>(::syscall(SYS_fcntl, fd.get(), F_DUPFD_CLOEXEC, 0)));
  if (!copy) fail_errno("fcntl", "F_DUPFD_CLOEXEC");
  return copy;
}

}  // namespace berth::sys
