// Before the clone, on the host's side of every new namespace.
#include <sched.h>

#include "runtime/init/paths.h"
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"

namespace berth::init {

void enter_cgroup(Init& init, const Step& step) {
  const bool is_directory = step.number[0] == 1;
  Fd procs;
  if (is_directory) {
    procs = check(init, Fd(openat(init.slot(step), "cgroup.procs", O_WRONLY | O_CLOEXEC)));
  }
  // A thread that moves itself takes no lock over all of the kernel's forks.
  write_value(init, is_directory ? procs.get() : init.slot(step), "0");
}

void join_namespace(Init& init, const Step& step) {
  const std::uint64_t type = step.number[0];
  const bool is_first_try = step.number[1] == 1;
  if ((init.joined & type) != 0) return;
  if (setns(init.slot(step), static_cast<int>(type)) == 0) {
    init.joined |= type;
  } else if (errno != EPERM || !is_first_try) {
    report(init, Fault::SystemCall, errno);
  }
}

void new_time_namespace(Init& init, const Step&) { check(init, unshare(CLONE_NEWTIME)); }

void write_time_offsets(Init& init, const Step& step) {
  constexpr char kFile[] = "/proc/self/timens_offsets";
  const Fd file = check(init, Fd(open(kFile, O_WRONLY | O_CLOEXEC)), kFile);
  write_value(init, file.get(), init.text(step, 0));
}

void clone(Init& init, const Step& step) {
  clone_args arguments = {};
  // A child of the host, like ourselves.
  arguments.flags = step.number[0] | CLONE_PARENT;
  if (step.slot != plan::kNoSlot) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<std::uint64_t>(init.slot(step));
  }
  const pid_t child = check(init, sys::call(SYS_clone3, &arguments, sizeof arguments));
  if (child != 0) {
    tell(init, plan::Word::Born, static_cast<std::uint32_t>(child));
    _exit(0);
  }
  check(init, sys::set_death_signal(SIGKILL));
}

}  // namespace berth::init
