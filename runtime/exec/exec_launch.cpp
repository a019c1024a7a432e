#include "runtime/exec/exec_launch.h"

#include <csignal>
#include <optional>

#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/scope.h"
#include "runtime/cgroup/tree.h"
#include "runtime/container/identity.h"
#include "runtime/exec/exec_place.h"
#include "runtime/launch/launch.h"
#include "spec/error.h"

namespace berth::exec {

sys::ChildProcess launch_exec(const ExecLaunch& exec, const ExecOptions& options,
                              container::ForegroundOptions foreground) {
  cgroup::CgroupTree no_cgroups(exec.plan.cgroup);
  cgroup::Scope no_scope(exec.plan.cgroup.scope);
  cgroup::RdtGroups rdt(exec.plan.rdt);
  launch::Launch launch(
      exec.plan, std::nullopt,
      {.state_dir = exec.dir.dir(),
       .cgroups = no_cgroups,
       .scope = no_scope,
       .rdt = rdt,
       .state = container::state_document(exec.record, container::Status::Running),
       .console = foreground.console,
       .interrupt = foreground.interrupt,
       .preserved_fds = options.preserved_fds,
       .find_cgroup = [&] { return find_unified_cgroup(exec.record, options.sub_cgroups); },
       .is_paused = options.ignore_paused,
       .trace = exec.trace});
  launch.open();
  launch.send_image();
  sys::ChildProcess process = launch.await_program();
  if (!container::child_has_begun(process.pid(), launch.init_file())) {
    (void)process.handle().signal(SIGKILL);  // false: it has ended, as nearly always
    fail(ErrorKind::State, "the process ended before it executed the program, with status " +
                               std::to_string(process.reap()));
  }
  return process;
}

}  // namespace berth::exec
