#include "runtime/container/run.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <tuple>
#include <utility>

#include "runtime/cgroup/oom.h"
#include "runtime/container/create.h"
#include "runtime/container/identity.h"
#include "runtime/container/relay.h"
#include "runtime/container/removal.h"
#include "runtime/container/request.h"
#include "runtime/container/start.h"
#include "runtime/container/trace_file.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/process.h"
#include "runtime/linux/process/signals.h"
#include "runtime/linux/streams/poll.h"
#include "runtime/linux/streams/socket.h"
#include "runtime/linux/streams/terminal.h"

namespace berth::container {

namespace {

/// Signals that a supervisor or a person at the keyboard sends to berth and means for the program.
constexpr std::array kForwarded = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1,
                                   SIGUSR2, SIGALRM, SIGCONT, SIGPWR};

std::vector<int> watched_signals() {
  std::vector<int> signals(kForwarded.begin(), kForwarded.end());
  signals.push_back(SIGWINCH);
  return signals;
}

/// A container in the foreground, from its start to the end of its first process, which does not
/// outlive this object.
class Foreground {
 public:
  Foreground(sys::ChildProcess process, sys::SignalFd& signals, const sys::Fd& console)
      : process_(std::move(process)), signals_(signals), relay_(console) {}

  int wait() {
    // Not earlier: other children of berth end while the container is made, and must not wake it.
    signals_.add(SIGCHLD);
    reap();  // the first process may have ended before
    while (!status_) {
      std::array watches = {sys::Watch{.fd = signals_.fd().get()}, relay_.next_input(),
                            relay_.next_output()};
      (void)sys::poll_any(watches, -1);  // there is no deadline to miss
      if (watches[1].ready) relay_.run_input();
      if (watches[2].ready) relay_.run_output();
      if (watches[0].ready) handle(signals_.read());
    }
    relay_.drain();
    return *status_;
  }

 private:
  void handle(int signal) {
    if (signal == SIGCHLD) return reap();
    if (signal == SIGWINCH) return relay_.resize();
    (void)process_.handle().signal(signal);  // false: it has ended, and SIGCHLD follows
  }

  /// Reaps the container's orphans as well, because berth is their subreaper.
  void reap() {
    while (const auto reaped = sys::reap_any_if_ended()) {
      if (reaped->pid != process_.pid()) continue;
      (void)process_.release();  // it does not exist any more
      status_ = reaped->status;
    }
  }

  sys::ChildProcess process_;
  sys::SignalFd& signals_;
  Relay relay_;
  std::optional<int> status_;
};

int run_detached(Context& context, CreateOptions create, launch::Trace& trace) {
  Created created = create_container(std::move(create), context, {}, trace);
  FailureGuard guard(context, created.dir, created.record, OnFailure::Destroy);
  (void)created.init.release();
  launch::Talk talk(std::move(created.talk), nullptr);
  follow_start(created.record, talk, nullptr, guard);
  guard.set(OnFailure::Nothing);
  return 0;
}

/// Any SIGKILL gives this status, so the kernel's count decides.
void report_memory_kill(Context& context, const store::Record& record, int status) {
  if (status != 128 + SIGKILL) return;
  if (cgroup::count_memory_kills(cgroups_of(record, Claimed::yes)) == 0) return;
  context.failures.push_back("container '" + record.id +
                             "': the kernel killed a process of it at its memory limit");
}

int run_foreground(Context& context, CreateOptions create, const RunOptions& options,
                   launch::Trace& trace) {
  if (!options.no_subreaper) sys::become_subreaper();
  sys::SignalFd signals(watched_signals());
  ForegroundOptions foreground_options{.console = {}, .interrupt = &signals};
  sys::Fd console;
  if (create.console_socket.empty()) {
    std::tie(console, foreground_options.console) = sys::packet_pair();
  }
  Created created =
      create_container(std::move(create), context, std::move(foreground_options), trace);
  FailureGuard guard(context, created.dir, created.record, OnFailure::Destroy);
  Foreground foreground(std::move(created.init), signals, console);
  {
    launch::Talk talk(std::move(created.talk), &signals);
    follow_start(created.record, talk, &signals, guard);
  }
  created.dir.unlock();
  const int status = foreground.wait();
  report_memory_kill(context, created.record, status);
  if (options.keep) {
    guard.set(OnFailure::Nothing);
  } else {
    guard.destroy();
  }
  return status;
}

}  // namespace

int run(Context& context, const std::string& id, CreateOptions create, const RunOptions& options) {
  TraceFile trace(context);
  complete_request(id, create);  // before berth opens anything itself
  create.start_at_once = true;
  create.plain_lines = !sys::is_terminal(STDOUT_FILENO);
  return options.detach ? run_detached(context, std::move(create), trace.trace())
                        : run_foreground(context, std::move(create), options, trace.trace());
}

}  // namespace berth::container
