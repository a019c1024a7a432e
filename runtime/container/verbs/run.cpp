#include "runtime/container/verbs/run.h"

#include <signal.h>
#include <unistd.h>

#include <utility>

#include "runtime/cgroup/usage/limit_events.h"
#include "runtime/container/foreground.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "runtime/container/request.h"
#include "runtime/container/trace_file.h"
#include "runtime/container/verbs/create.h"
#include "runtime/container/verbs/start.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/signals.h"
#include "runtime/linux/streams/terminal.h"

namespace berth::container {

namespace {

int run_detached(Context& context, CreateOptions create, launch::Trace& trace) {
  Created created = create_container(std::move(create), context, {}, trace);
  FailureGuard guard(context, created.dir, created.record, OnFailure::Destroy);
  (void)created.init.release();
  launch::Talk talk(std::move(created.talk), nullptr);
  follow_start(created.record, talk, nullptr, guard);
  guard.set(OnFailure::Nothing);
  return 0;
}

std::string memory_words(const spec::LimitEvents& events) {
  const std::string used = "; it had used up to " + std::to_string(events.memory_peak) + " bytes";
  if (events.memory_limit == 0) {
    return "the kernel killed a process of it, for lack of memory outside of its own limit" + used;
  }
  return "the kernel killed a process of it at its memory limit of " +
         std::to_string(events.memory_limit) + used;
}

std::string pids_words(const spec::LimitEvents& events) {
  const std::string more = " refused " + std::to_string(events.pids_refused) + " more";
  return events.pids_limit == 0
             ? "a limit of processes above its cgroup" + more
             : "its limit of " + std::to_string(events.pids_limit) + " processes" + more;
}

/// What a program that failed does not know: the kernel gives SIGKILL and EAGAIN no reason.
void report_limits(Context& context, const store::Record& record, int status) {
  if (status == 0) return;
  const spec::LimitEvents events = cgroup::read_limit_events(cgroups_of(record, Claimed::yes));
  const std::string name = "container '" + record.id + "': ";
  if (status == 128 + SIGKILL && events.memory_kills > 0)
    context.failures.push_back(name + memory_words(events));
  if (events.pids_refused > 0) context.failures.push_back(name + pids_words(events));
}

int run_foreground(Context& context, CreateOptions create, const RunOptions& options,
                   launch::Trace& trace) {
  if (!options.no_subreaper) sys::become_subreaper();
  sys::SignalFd signals(foreground_signals());
  sys::Fd console;
  const ForegroundOptions foreground_options{
      .console = create.console_socket.empty() ? &console : nullptr, .interrupt = &signals};
  Created created = create_container(std::move(create), context, foreground_options, trace);
  FailureGuard guard(context, created.dir, created.record, OnFailure::Destroy);
  Foreground foreground(std::move(created.init), signals, console,
                        created.notifications ? &*created.notifications : nullptr);
  {
    launch::Talk talk(std::move(created.talk), &signals);
    follow_start(created.record, talk, &signals, guard);
  }
  created.dir.unlock();
  const int status = foreground.wait();
  report_limits(context, created.record, status);
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
