#include "runtime/exec/exec_launch.h"

#include <optional>
#include <utility>

#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/scope.h"
#include "runtime/cgroup/tree.h"
#include "runtime/container/identity.h"
#include "runtime/launch/launch.h"
#include "runtime/launch/talk.h"
#include "runtime/plan/failure.h"
#include "runtime/seccomp/agent.h"
#include "spec/error.h"

namespace berth::exec {

namespace {

bool has_fork(const plan::Plan& plan) {
  for (const plan::Step& step : plan.steps) {
    if (step.is<plan::Fork>()) return true;
  }
  return false;
}

/// Whether the fork loads the filter, and not the process that forks.
bool loads_in_fork(const plan::Plan& plan) {
  bool is_fork = false;
  for (const plan::Step& step : plan.steps) {
    is_fork = is_fork || step.is<plan::Fork>();
    if (step.is<plan::LoadSeccomp>()) return is_fork;
  }
  return false;
}

/// Follows init beyond Ready: berth has nothing left to do for it but this.
class Follower {
 public:
  /// `file` is what init executes.
  Follower(const ExecLaunch& exec, launch::Launch& launch, const sys::FileIdentity& file,
           sys::SignalFd* interrupt, launch::Awaited awaited)
      : exec_(exec),
        forks_(has_fork(exec.plan)),
        process_(std::move(launch.child())),
        talk_(launch.take_talk(), interrupt),
        file_(file),
        awaited_(awaited) {}

  /// Returns the process that executes the program.
  sys::ChildProcess follow() {
    while (auto received = talk_.receive(awaited_, "execute the program")) handle(*received);
    if (forks_) fail_unborn();
    if (!container::child_has_begun(process_->pid(), file_)) {
      fail(ErrorKind::State, "the process ended before it executed the program, with status " +
                                 std::to_string(process_->reap()));
    }
    return std::move(*process_);
  }

 private:
  void handle(const launch::Received& received) {
    const plan::Message& message = received.message;
    switch (message.word) {
      case plan::Word::Born:
        return take_fork(static_cast<pid_t>(message.value));
      case plan::Word::Listener:
        return hand_over(received);
      case plan::Word::Failed:
        plan::throw_failure(message);
      case plan::Word::AtSync:
      case plan::Word::Executing:
        fail(ErrorKind::Bug, "init is out of phase: behind Ready it says the word " +
                                 std::to_string(static_cast<unsigned>(message.word)));
    }
  }

  /// The process in which everything was set up has left its place to a fork in the pid namespace.
  void take_fork(pid_t pid) {
    if (!std::exchange(forks_, false)) {
      fail(ErrorKind::Bug, "init reports a fork that its plan does not have");
    }
    sys::ChildProcess fork = sys::ChildProcess::adopt(pid);
    (void)process_->reap();
    process_.emplace(std::move(fork));
  }

  void hand_over(const launch::Received& received) {
    // The fork's listener may overtake the report of the fork.
    while (forks_ && loads_in_fork(exec_.plan)) {
      const auto report = talk_.receive(awaited_, "fork");
      if (!report) fail_unborn();
      handle(*report);
    }
    seccomp::send_to_agent(exec_.plan.seccomp_agent,
                           container::state_document(exec_.record, container::Status::Running),
                           process_->pid(), received.fds);
    (void)talk_.answer();  // false: init has ended, and its end is received next
  }

  [[noreturn]] void fail_unborn() {
    const int status = process_->reap();
    fail(ErrorKind::System,
         "the process ended before its fork in the pid namespace was known, with status " +
             std::to_string(status),
         {}, "does the seccomp filter of the container let clone and write pass?");
  }

  const ExecLaunch& exec_;
  bool forks_;  ///< a fork is still to come
  std::optional<sys::ChildProcess> process_;
  launch::Talk talk_;
  sys::FileIdentity file_;
  launch::Awaited awaited_;
};

}  // namespace

sys::ChildProcess launch_exec(const ExecLaunch& exec, const ExecOptions& options,
                              container::ForegroundOptions foreground) {
  // In a frozen cgroup init stands still until the container is resumed.
  const auto awaited = options.ignore_paused ? launch::Awaited::Hooks : launch::Awaited::Steps;
  cgroup::CgroupTree no_cgroups(exec.plan.cgroup);
  cgroup::Scope no_scope(exec.plan.cgroup.scope);
  cgroup::RdtGroups rdt(exec.plan.rdt);
  sys::SignalFd* const interrupt = foreground.interrupt;
  launch::InitProcess init(options.preserved_fds, 0);
  const sys::FileIdentity file = init.file();
  launch::Launch launch(
      exec.plan, std::move(init),
      {.state_dir = exec.dir.dir(),
       .cgroups = no_cgroups,
       .scope = no_scope,
       .rdt = rdt,
       .state = container::state_document(exec.record, container::Status::Running),
       .console = std::move(foreground.console),
       .interrupt = interrupt,
       .is_paused = options.ignore_paused,
       .trace = exec.trace});
  launch.open();
  launch.send_image();
  launch.make_during_clone();
  launch.await_child();
  launch.run_until_ready();
  launch.approve();
  Follower follower(exec, launch, file, interrupt, awaited);
  return follower.follow();
}

}  // namespace berth::exec
