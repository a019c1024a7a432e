#include "runtime/container/verbs/start.h"

#include "hooks/hooks.h"
#include "runtime/cgroup/freeze.h"
#include "runtime/container/context.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "runtime/container/trace_file.h"
#include "runtime/launch/talk.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/streams/socket.h"
#include "runtime/plan/failure.h"
#include "runtime/plan/talk.h"
#include "runtime/seccomp/agent.h"
#include "spec/json/json.h"

namespace berth::container {

namespace {

void check_startable(const store::Record& record, Status status) {
  if (status != Status::Created) {
    fail(ErrorKind::State, "container is " + status_word(status) + ", not created");
  }
  if (!record.has_program) {
    fail(ErrorKind::State, "config.json had no 'process' when the container was created",
         "/process");
  }
}

/// init could not answer before its cgroup is thawed.
void check_not_frozen(const store::Record& record) {
  if (const auto cgroup = cgroup::find_frozen(record)) {
    fail(ErrorKind::State, "container cannot be started: its cgroup '" + *cgroup + "' is frozen",
         {}, "resume thaws it");
  }
}

/// Receives what init reports, until it has failed or the program runs.
std::optional<plan::Message> receive_failure(launch::Talk& talk, const store::Record& record) {
  const auto awaited = record.runs_start_hooks ? launch::Awaited::Hooks : launch::Awaited::Steps;
  bool is_executing = false;
  while (auto received = talk.receive(awaited, "execute the program")) {
    const plan::Word word = received->message.word;
    if (word == plan::Word::Failed) return received->message;
    if (word == plan::Word::Listener) {  // of a filter that is loaded only after the go
      seccomp::send_to_agent(record.seccomp_agent, state_document(record, Status::Created),
                             record.init.pid, received->fds);
      (void)talk.answer();  // false: init has ended, and its end is received next
    }
    is_executing = is_executing || word == plan::Word::Executing;
  }
  // If the process was reaped already, its last message is all that is known.
  if (has_begun(record.init, record.program).value_or(is_executing)) return std::nullopt;
  fail(ErrorKind::State, "container ended while it was started");
}

void run_poststart(const store::Record& record, sys::SignalFd* interrupt) {
  const std::string state =
      spec::to_json(state_document(record, Status::Running), spec::Layout::Compact);
  for (std::size_t i = 0; i < record.hooks.poststart.size(); ++i) {
    hooks::run(record.hooks.poststart[i], "/hooks/poststart/" + std::to_string(i), state,
               record.bundle, interrupt);
  }
}

void start_container(Context& context, store::StateDir& dir, const store::Record& record) {
  check_startable(record, status_of(dir, record));
  check_not_frozen(record);
  auto connection = sys::connect_at_if_listening(dir.dir(), "start");
  if (!connection) fail(ErrorKind::State, "container is not waiting to be started");
  launch::Talk talk(std::move(*connection), nullptr);
  (void)talk.answer();  // false: init has ended, and its end is received next
  // An engine that reads of a failure cleans up at once, and must not find the process alive.
  FailureGuard guard(context, dir, record, OnFailure::EndProcess);
  follow_start(record, talk, nullptr, guard);
  guard.set(OnFailure::Nothing);
}

}  // namespace

void follow_start(const store::Record& record, launch::Talk& talk, sys::SignalFd* interrupt,
                  FailureGuard& guard) {
  const auto failure = receive_failure(talk, record);
  // RT-LC-6, RT-LC-8: a hook that fails is the end of the container.
  if (failure && failure->copy.is<plan::RunHook>()) guard.set(OnFailure::Destroy);
  if (failure) plan::throw_failure(*failure);
  if (record.hooks.poststart.empty()) return;
  guard.set(OnFailure::Destroy);
  run_poststart(record, interrupt);
}

void start(Context& context, const std::string& id) {
  TraceFile trace(context);
  const launch::Trace::Span span(trace.trace(), "start");
  auto dir = store::StateDir::open(context.root, id);
  dir.lock();
  const auto record = dir.read();
  if (!record) fail(ErrorKind::State, "container is creating, not created");
  start_container(context, dir, *record);
}

}  // namespace berth::container
