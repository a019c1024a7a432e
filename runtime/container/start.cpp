#include "runtime/container/start.h"

#include "hooks/hooks.h"
#include "runtime/container/context.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "runtime/container/trace_file.h"
#include "runtime/launch/talk.h"
#include "runtime/linux/file.h"
#include "runtime/linux/socket.h"
#include "runtime/plan/failure.h"
#include "runtime/plan/talk.h"
#include "runtime/seccomp/agent.h"
#include "spec/json/json.h"

namespace berth::container {

namespace {

/// The progress of a start.
enum class Stage {
  Asked,  ///< nothing has happened
  Going,  ///< init has received its go
  Hook,   ///< a hook runs, or has failed
};

/// Cleans up after a start that fails, for whatever reason. If a hook failed, it destroys the
/// container (RT-LC-6, RT-LC-8); otherwise it leaves a stopped container, if init has received its
/// go.
class Attempt {
 public:
  Attempt(Context& context, store::StateDir& dir, const store::Record& record)
      : context_(context), dir_(dir), record_(record) {}
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  ~Attempt();

  Stage& stage() { return stage_; }
  void succeed() { stage_ = Stage::Asked; }

 private:
  Context& context_;
  store::StateDir& dir_;
  const store::Record& record_;
  Stage stage_ = Stage::Asked;
};

Attempt::~Attempt() {
  try {
    if (stage_ == Stage::Hook) destroy(context_, dir_, record_);
    // An engine that reads of the failure cleans up at once, and must not find the process alive.
    if (stage_ == Stage::Going) end_first_process(record_);
  } catch (const std::exception& error) {
    note_failure(context_, "the container is not removed, delete --force will: ", error);
  }
}

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
  for (const std::string& path : record.freezers) {
    const auto cgroup = sys::open_dir_if_exists(path);
    if (cgroup && cgroup::is_frozen(*cgroup)) {
      fail(ErrorKind::State, "container cannot be started: its cgroup '" + path + "' is frozen", {},
           "thaw it first");
    }
  }
}

/// Hands over the listener of a seccomp filter that is loaded only after the go.
void hand_over(const store::Record& record, const std::vector<sys::Fd>& fds) {
  if (fds.size() != 1 || !record.seccomp_agent) fail(ErrorKind::Bug, "init is out of phase");
  seccomp::send_to_agent(*record.seccomp_agent, state_document(record, Status::Created),
                         fds.front());
}

/// Receives what init reports, until it has failed or the program runs.
std::optional<plan::Message> receive_failure(launch::Talk& talk, const store::Record& record) {
  const auto awaited = record.runs_start_hooks ? launch::Awaited::Hooks : launch::Awaited::Steps;
  bool is_executing = false;
  while (auto received = talk.receive(awaited, "execute the program")) {
    const plan::Word word = received->message.word;
    if (word == plan::Word::Failed) return received->message;
    if (word == plan::Word::Listener) {
      hand_over(record, received->fds);
      (void)talk.answer();  // false: init has ended, and its end is received next
    }
    is_executing = is_executing || word == plan::Word::Executing;
  }
  // If the process was reaped already, its last message is all that is known.
  if (has_begun(record).value_or(is_executing)) return std::nullopt;
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

/// For an init that has received its go. It reports its progress on the talk, which ends with its
/// execve.
void follow(const store::Record& record, launch::Talk& talk, sys::SignalFd* interrupt,
            Stage& stage) {
  stage = Stage::Going;
  const auto failure = receive_failure(talk, record);
  if (failure && failure->copy.is<plan::RunHook>()) stage = Stage::Hook;
  if (failure) throw plan::failure_of(*failure);
  if (record.hooks.poststart.empty()) return;
  stage = Stage::Hook;
  run_poststart(record, interrupt);
}

void start_container(Context& context, store::StateDir& dir, const store::Record& record) {
  check_startable(record, status_of(dir, record));
  check_not_frozen(record);
  Attempt attempt(context, dir, record);
  auto connection = sys::connect_at_if_listening(dir.dir(), "start");
  if (!connection) fail(ErrorKind::State, "container is not waiting to be started");
  launch::Talk talk(std::move(*connection), nullptr);
  (void)talk.answer();  // false: init has ended, and its end is received next
  follow(record, talk, nullptr, attempt.stage());
  attempt.succeed();
}

}  // namespace

void follow_start(const store::Record& record, sys::Fd socket, sys::SignalFd* interrupt) {
  launch::Talk talk(std::move(socket), interrupt);
  Stage stage = Stage::Asked;  // if this fails, the caller destroys the container in any case
  follow(record, talk, interrupt, stage);
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
