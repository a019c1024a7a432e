#include "hooks/hooks.h"
#include "runtime/container/creation.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "runtime/container/starting.h"
#include "runtime/linux/socket.h"
#include "runtime/plan/failure.h"
#include "runtime/plan/talk.h"
#include "spec/json.h"

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

/// What init says, until it has failed or executes.
std::optional<plan::Message> hear_of_failure(const sys::Fd& connection, sys::SignalFd* interrupt) {
  bool is_executing = false;
  while (true) {
    plan::Message message;
    if (interrupt != nullptr) sys::wait_readable(connection, *interrupt);
    const auto received = sys::receive_message(connection, &message, sizeof message);
    if (received.size == 0 && is_executing) return std::nullopt;
    if (received.size == 0) fail(ErrorKind::State, "container ended while it was started");
    if (received.size != sizeof message) fail(ErrorKind::Bug, "init sent half a message");
    if (message.word != plan::Word::Executing) return message;
    is_executing = true;
  }
}

/// Says go, and learns how far init came: the connection ends with its execve.
std::optional<plan::Message> say_go(const store::StateDir& dir, sys::SignalFd* interrupt) {
  const auto connection = sys::connect_at_if_listening(dir.dir(), "start");
  if (!connection) fail(ErrorKind::State, "container is not waiting to be started");
  const plan::Answer go;
  // A message that cannot be sent: init has ended, as the missing answer is going to say, too.
  (void)sys::send_message(*connection, &go, sizeof go);
  return hear_of_failure(*connection, interrupt);
}

/// Init ends after it has reported. An engine that is told of the failure cleans up at once, and
/// trips over a container that is still there.
void await_end(const store::Record& record) {
  constexpr int kMilliseconds = 10'000;
  const auto process = open_process(record.init);
  if (process) (void)process->wait_for_exit(kMilliseconds);  // the failure is told in any case
}

/// The Record says who runs them: `delete --force` need not wait for one that hangs.
void run_poststart(const store::StateDir& dir, store::Record record, sys::SignalFd* interrupt) {
  if (record.hooks.poststart.empty()) return;
  record.starter = identify(sys::own_pid());
  dir.write(record);
  const std::string state =
      spec::to_json(state_document(record, Status::Running), spec::Layout::Compact);
  for (std::size_t i = 0; i < record.hooks.poststart.size(); ++i) {
    hooks::run(record.hooks.poststart[i], "/hooks/poststart/" + std::to_string(i), state,
               record.bundle, interrupt);
  }
  record.starter = {};
  dir.write(record);
}

/// The program runs afterwards. `by_hook` tells after a failure whether a hook was to blame.
void run_program(const store::StateDir& dir, const store::Record& record, sys::SignalFd* interrupt,
                 bool& by_hook) {
  const auto failure = say_go(dir, interrupt);
  by_hook = failure && failure->copy.op == plan::Op::RunHook;
  if (failure) {
    await_end(record);
    throw plan::failure_of(*failure);
  }
  by_hook = true;
  run_poststart(dir, record, interrupt);
}

}  // namespace

void start_container(Site& site, store::StateDir& dir, const store::Record& record,
                     AfterFailure after, sys::SignalFd* interrupt) {
  bool by_hook = false;
  try {
    check_startable(record, status_of(dir, record));
    run_program(dir, record, interrupt, by_hook);
  } catch (const Error&) {
    if (by_hook || after == AfterFailure::Destroyed) destroy(site, dir, record);
    throw;
  }
}

void start(Site& site, const std::string& id) {
  launch::Trace trace(!site.trace_file.empty());
  {
    const launch::Trace::Span span(trace, "start");
    auto dir = store::StateDir::open(site.root, id);
    const sys::Fd lock = dir.lock();
    const auto record = dir.read();
    if (!record) fail(ErrorKind::State, "container is creating, not created");
    start_container(site, dir, *record, AfterFailure::Stopped, nullptr);
  }
  write_trace(site, trace, nullptr);
}

}  // namespace berth::container
