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

/// In an exec the fork reports its own birth: its maker might do so only when the program already
/// runs, and a signal that berth receives by then is the program's. In a create the fork's message
/// at Ready is enough. A filter allows write(2) rather than send(2).
void report_birth(const Init& init) {
  const plan::Message message = message_of(init, plan::Word::Born);
  const auto size =
      sys::retry_transient([&] { return write(init.start.get(), &message, sizeof message); });
  // berth has ended, or a filter refuses the report: nobody would know of this process.
  if (size != sizeof message) leave(1);
}

}  // namespace

void run(Init& init, const plan::NewNamespaces& step) {
  check(init, unshare(static_cast<int>(step.namespaces.flags)));
  check(init, sys::set_not_dumpable());
  check(init, sys::set_death_signal(SIGKILL));
}

void run(Init& init, const plan::Fork& step) {
  const pid_t successor = check(init, fork_for_host());
  if (successor != 0) leave(0);
  // Beyond WaitForStart the process does not end with berth once it has reported itself.
  if (init.start) {
    report_birth(init);
  } else {
    check(init, sys::set_death_signal(SIGKILL));
  }
  // The session of init, with its terminal, ends with init, its leader.
  check(init, setsid());
  if (step.has_terminal) check(init, ioctl(STDIN_FILENO, TIOCSCTTY, 0));
}

}  // namespace berth::init
