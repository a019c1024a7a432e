#include "runtime/linux/namespaces/user_namespace.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/process/process.h"
#include "runtime/linux/process/program.h"

namespace berth::sys {

namespace {

/// Starts a process that sleeps in a new user namespace until its handle is destroyed.
ChildProcess spawn_idle() {
  const pid_t parent = ::getpid();
  int pidfd = -1;
  clone_args arguments = {};
  arguments.flags = CLONE_NEWUSER | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid < 0) fail_errno("clone3", "user namespace");
  if (pid > 0) return {pid, Pidfd(Fd(pidfd))};
  // The kernel kills it when berth dies.
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  while (::getppid() == parent) ::pause();
  ::_exit(0);
}

}  // namespace

Fd make_user_namespace(const std::string& uid_map, const std::string& gid_map) {
  const ChildProcess idle = spawn_idle();
  write_value(proc_path(idle.pid(), "uid_map"), uid_map);
  write_value(proc_path(idle.pid(), "gid_map"), gid_map);
  return user_namespace_of(idle.pid());
}

Fd user_namespace_of(pid_t child) { return open(proc_path(child, "ns/user"), O_RDONLY); }

}  // namespace berth::sys
