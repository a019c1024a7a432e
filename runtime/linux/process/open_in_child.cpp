#include "runtime/linux/process/open_in_child.h"

#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/shared_map.h"

namespace berth::sys {

namespace {

/// The child's result; the child shares this memory with its parent.
struct Report {
  int fd = -1;
  ErrorKind kind = ErrorKind::Bug;
  std::array<char, 1024> message = {};
};

[[noreturn]] void run(const std::function<Fd()>& open, Report& report) {
  try {
    report.fd = open().release();
  } catch (const Error& error) {  // an exception cannot cross into the parent
    report.kind = error.kind();
    error.message().copy(report.message.data(), report.message.size() - 1);
  }
  ::_exit(0);
}

}  // namespace

Fd open_in_child(int flags, const std::function<Fd()>& open) {
  const SharedMap shared("open_in_child", sizeof(Report));
  Report& report = *new (shared.data()) Report;
  // The child has no exit signal, because SIGCHLD would disturb a caller that waits for another
  // child.
  clone_args arguments = {};
  arguments.flags = CLONE_FILES | static_cast<unsigned>(flags);
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid < 0) fail_errno("clone3", "CLONE_FILES");
  if (pid == 0) run(open, report);
  int status = 0;
  while (::waitpid(pid, &status, __WALL) < 0 && errno == EINTR) {
  }
  if (report.fd >= 0) return Fd(report.fd);
  if (report.message[0] != '\0') fail(report.kind, report.message.data());
  fail(ErrorKind::System, "a helper process ended with status " + std::to_string(status));
}

}  // namespace berth::sys
