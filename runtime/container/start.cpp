#include "hooks/hooks.h"
#include "runtime/container/creation.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "runtime/container/starting.h"
#include "runtime/linux/socket.h"
#include "runtime/plan/failure.h"
#include "runtime/plan/talk.h"
#include "runtime/seccomp/agent.h"
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

/// How far a start came.
struct Progress {
  bool is_going = false;  ///< init was told to go, and the program does not run yet
  bool is_hook = false;   ///< a hook runs, and is to blame for a failure
};

/// The listener of a seccomp filter that is loaded as late as this.
void hand_over(const store::Record& record, const std::vector<sys::Fd>& fds) {
  if (fds.size() != 1 || !record.seccomp_agent) fail(ErrorKind::Bug, "init is out of phase");
  seccomp::send_to_agent(
      {.path = record.seccomp_agent->path, .metadata = record.seccomp_agent->metadata},
      state_document(record, Status::Created), fds.front());
}

void send_go(const sys::Fd& connection) {
  const plan::Answer go;
  // A message that cannot be sent: init has ended, as the missing answer is going to say, too.
  (void)sys::send_message(connection, &go, sizeof go);
}

/// Whose child init is: of its end nobody else but the parent can be sure to find a trace.
enum class Parent { We, Others };

/// What init says, until it has failed or executes.
std::optional<plan::Message> hear_of_failure(const sys::Fd& connection, const store::Record& record,
                                             Parent parent, sys::SignalFd* interrupt) {
  bool is_executing = parent == Parent::We;
  while (true) {
    plan::Message message;
    if (interrupt != nullptr) sys::wait_readable(connection, *interrupt);
    const auto received = sys::receive_message(connection, &message, sizeof message);
    const bool has_ended = received.size == 0 && (!is_executing || died_before_exec(record));
    if (has_ended) fail(ErrorKind::State, "container ended while it was started");
    if (received.size == 0) return std::nullopt;
    if (received.size != sizeof message) fail(ErrorKind::Bug, "init sent half a message");
    if (message.word == plan::Word::Failed) return message;
    if (message.word == plan::Word::Listener) {
      hand_over(record, received.fds);
      send_go(connection);
    }
    is_executing = is_executing || message.word == plan::Word::Executing;
  }
}

sys::Fd say_go(const store::StateDir& dir) {
  auto connection = sys::connect_at_if_listening(dir.dir(), "start");
  if (!connection) fail(ErrorKind::State, "container is not waiting to be started");
  send_go(*connection);
  return std::move(*connection);
}

/// Init ends after it has reported, or when we leave it. An engine that is told of the failure
/// cleans up at once, and trips over a container that is still there.
void await_end(const store::Record& record) {
  constexpr int kMilliseconds = 10'000;
  const auto process = open_process(record.init);
  if (process) (void)process->wait_for_exit(kMilliseconds);  // the failure is told in any case
}

/// The Record says who runs them: `delete --force` need not wait for one that hangs.
void run_poststart(const store::StateDir& dir, store::Record record, sys::SignalFd* interrupt,
                   Progress& progress) {
  if (record.hooks.poststart.empty()) return;
  record.starter = identify(sys::own_pid());
  dir.write(record);
  const std::string state =
      spec::to_json(state_document(record, Status::Running), spec::Layout::Compact);
  progress.is_hook = true;
  for (std::size_t i = 0; i < record.hooks.poststart.size(); ++i) {
    hooks::run(record.hooks.poststart[i], "/hooks/poststart/" + std::to_string(i), state,
               record.bundle, interrupt);
  }
  progress.is_hook = false;
  record.starter = {};
  dir.write(record);
}

/// Init was told to go. How far it comes is heard on the connection, which ends with its execve.
void follow(const store::StateDir& dir, const store::Record& record, const sys::Fd& connection,
            Parent parent, sys::SignalFd* interrupt, Progress& progress) {
  progress.is_going = true;
  const auto failure = hear_of_failure(connection, record, parent, interrupt);
  progress.is_hook = failure && failure->copy.op == plan::Op::RunHook;
  if (failure) throw plan::failure_of(*failure);
  progress.is_going = false;
  run_poststart(dir, record, interrupt, progress);
}

void start_container(Site& site, store::StateDir& dir, const store::Record& record) {
  Progress progress;
  try {
    check_startable(record, status_of(dir, record));
    follow(dir, record, say_go(dir), Parent::Others, nullptr, progress);
  } catch (const Error&) {
    if (progress.is_hook) {
      destroy(site, dir, record);
    } else if (progress.is_going) {
      await_end(record);
    }
    throw;
  }
}

}  // namespace

void follow_start(Site& site, store::StateDir& dir, const store::Record& record,
                  const sys::Fd& talk, sys::SignalFd* interrupt) {
  Progress progress;
  try {
    follow(dir, record, talk, Parent::We, interrupt, progress);
  } catch (const Error&) {
    destroy(site, dir, record);
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
    start_container(site, dir, *record);
  }
  write_trace(site, trace, nullptr);
}

}  // namespace berth::container
