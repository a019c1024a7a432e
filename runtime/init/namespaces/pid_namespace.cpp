// A joined pid namespace belongs to other processes, which see every process in it and, with
// CAP_SYS_PTRACE, everything that such a process can reach (/proc/PID/root). So init sets
// everything up outside of it; only when the host is out of reach does a fork of init enter it, and
// go on as the container's first process.
#include "runtime/init/namespaces/pid_namespace.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

/// Uses clone(2), because filters answer ENOSYS to clone3. The fork is a child of the host, like
/// init.
pid_t fork_for_host() { return sys::call(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0); }

[[noreturn]] void leave() {
  sys::call(SYS_exit_group, 0);
  __builtin_trap();  // a filter has refused that; berth waits for the end of this process
}

/// The fork itself does it, because its maker might come too late: once the program runs, a signal
/// that berth receives is the program's. A filter allows write(2) rather than send(2).
void report_birth(const Init& init) {
  const plan::Message message = message_of(init, plan::Word::Born);
  const ssize_t size = write(init.start ? init.start.get() : init.talk, &message, sizeof message);
  if (size != sizeof message) _exit(1);  // berth has ended, and would never know of this process
}

}  // namespace

void run(Init& init, const plan::NewNamespaces& step) {
  check(init, unshare(static_cast<int>(step.namespaces.flags)));
  check(init, sys::set_not_dumpable());
  check(init, sys::set_death_signal(SIGKILL));
}

void run(Init& init, const plan::Fork& step) {
  const pid_t successor = check(init, fork_for_host());
  if (successor != 0) leave();
  // Beyond WaitForStart the process does not depend on berth any more.
  if (!init.start) check(init, sys::set_death_signal(SIGKILL));
  report_birth(init);
  // The session of init, with its terminal, ends with init, its leader.
  check(init, setsid());
  if (step.has_terminal) check(init, ioctl(STDIN_FILENO, TIOCSCTTY, 0));
}

}  // namespace berth::init
