// Steps before the clone, while init is outside of every new namespace, and the join of exec.
#include "runtime/init/namespaces/prologue.h"

#include <sched.h>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

void run(Init& init, const plan::EnterCgroup& step) {
  const int cgroup = init.fd(step.cgroup);
  Fd procs;
  if (step.is_unified) {
    procs = check(init, Fd(openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC)));
  }
  // A thread that moves itself does not take a lock that all forks of the kernel need.
  write_value(init, step.is_unified ? procs.get() : cgroup, "0");
}

void run(Init& init, const plan::JoinNamespace& step) {
  const std::uint64_t type = step.type.flags;
  if ((init.joined & type) != 0) return;
  if (setns(init.fd(step.space), static_cast<int>(type)) == 0) {
    init.joined |= type;
    // Joining changes init's credentials, which resets both of these.
    if (type == CLONE_NEWUSER) check(init, sys::set_not_dumpable());
    if (type == CLONE_NEWUSER) check(init, sys::set_death_signal(SIGKILL));
  } else if (errno != EPERM || step.refusal == plan::Errors::Report) {
    report(init, Fault::SystemCall, errno);
  }
}

void run(Init& init, const plan::JoinContainer& step) {
  check(init, setns(init.fd(step.process), static_cast<int>(step.namespaces.flags)));
  // Joining a user namespace resets both of these.
  check(init, sys::set_not_dumpable());
  check(init, sys::set_death_signal(SIGKILL));
  init.root = check(init, Fd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)), "/");
}

void run(Init& init, const plan::NewTimeNamespace&) { check(init, unshare(CLONE_NEWTIME)); }

void run(Init& init, const plan::WriteTimeOffsets& step) {
  constexpr char kFile[] = "/proc/self/timens_offsets";
  const Fd file = check(init, Fd(open(kFile, O_WRONLY | O_CLOEXEC)), kFile);
  write_value(init, file.get(), init.text(step.line));
}

void run(Init& init, const plan::EnterTimeNamespace&) {
  constexpr char kFile[] = "/proc/self/ns/time_for_children";
  const Fd space = check(init, Fd(open(kFile, O_RDONLY | O_CLOEXEC)), kFile);
  check(init, setns(space.get(), CLONE_NEWTIME));
}

void make_early(Init& init, std::uint64_t namespaces) {
  if (namespaces != 0 && unshare(static_cast<int>(namespaces)) == 0) init.early = namespaces;
}

void run(Init& init, const plan::Clone& step) {
  if ((init.early & ~step.namespaces.flags) != 0) report(init, Fault::Protocol, 0);
  clone_args arguments = {};
  // The child is a child of the host, like init. Its pid is in the message before it runs.
  arguments.flags = (step.namespaces.flags & ~init.early) | CLONE_PARENT | CLONE_PARENT_SETTID;
  arguments.parent_tid = reinterpret_cast<std::uintptr_t>(&init.born.value);
  if (step.cgroup != plan::kNoSlot) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<std::uint64_t>(init.fd(step.cgroup));
  }
  init.born.word = plan::Word::Born;
  init.born.step = init.index;
  const int child = check(init, sys::call(SYS_clone3, &arguments, sizeof arguments));
  if (child > 0) {
    (void)send(init.talk, &init.born, sizeof init.born, MSG_NOSIGNAL);  // fails if berth has ended
    _exit(0);
  }
  check(init, sys::set_death_signal(SIGKILL));
}

}  // namespace berth::init
