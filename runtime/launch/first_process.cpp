#include "runtime/launch/first_process.h"

#include <signal.h>

#include "runtime/linux/base/time.h"
#include "runtime/linux/process/process.h"
#include "runtime/plan/failure.h"
#include "spec/error.h"

namespace berth::launch {

namespace {

constexpr char kKilledHint[] = "is the memory limit too small, or was it killed?";
constexpr char kForkHint[] =
    "was its fork killed, is the memory limit too small, or does a seccomp filter refuse write?";

/// A filter that ends the process, or that refuses it to exit.
bool is_by_filter(int status) { return status == 128 + SIGSYS || status == 128 + SIGILL; }

/// The end of a fork that has not reported itself: the child of berth that is still to be reaped.
/// Its connection ends a moment before it does. Returns 0 if it has not ended.
int reap_unreported() {
  constexpr int kMilliseconds = 100, kPause = 5;
  std::optional<sys::Reaped> fork;
  (void)sys::retry_until(sys::Deadline(kMilliseconds), kPause, [&] {
    fork = sys::reap_any_if_ended();
    return fork.has_value();
  });
  return fork ? fork->status : 0;
}

void await_end(const sys::Pidfd& process) {
  if (process.wait_for_exit(Talk::kPatience)) return;
  fail(ErrorKind::System, "a process that only made the container's first one does not end");
}

}  // namespace

Received FirstProcess::receive(Awaited awaited, const std::string& step) {
  auto received = receive_or_end(awaited, step);
  if (!received) report_death();
  return std::move(*received);
}

std::optional<Received> FirstProcess::receive_or_end(Awaited awaited, const std::string& step) {
  auto received = talk_.receive(awaited, step);
  if (!received) return received;
  learn(*received);
  if (received->message.word == plan::Word::Failed) plan::throw_failure(received->message);
  return received;
}

sys::ChildProcess FirstProcess::take(bool forks) {
  if (!forks) return init_.take_process();
  int status = init_.reap();
  if (child_) return std::move(*child_);
  const int of_fork = reap_unreported();
  if (status == 0) status = of_fork;
  const char* hint = is_by_filter(status)
                         ? "does the seccomp filter of the container let clone and write pass?"
                     : status <= 1 ? kForkHint
                                   : kKilledHint;
  fail(ErrorKind::System,
       "the process ended before its fork in the pid namespace was known, with status " +
           std::to_string(status),
       {}, hint);
}

void FirstProcess::end_init() {
  if (role_ != InitRole::IsFirst || child_ || init_.pid() == 0) return;
  (void)init_.handle().signal(SIGKILL);
  (void)init_.reap();
  talk_.refuse_more();  // a fork that could report itself later would be nobody's
  while (talk_.has_more()) {
    const auto received = talk_.receive(Awaited::Steps, {});
    if (!received) return;
    learn(*received);
  }
}

void FirstProcess::await_makers() {
  await_end(init_.handle());
  read_rest();  // after init's report the setup process is known
  if (setup_) {
    await_end(setup_->handle());
    read_rest();
  }
  // Not earlier: until then their pids identify the senders of the messages.
  (void)init_.reap();
  if (setup_) (void)setup_->reap();
}

void FirstProcess::read_rest() {
  while (talk_.has_more()) (void)receive(Awaited::Steps, {});
}

/// All senders are berth's children (CLONE_PARENT), which only berth reaps, so their pids cannot
/// belong to other processes.
void FirstProcess::learn(const Received& received) {
  const plan::Message& message = received.message;
  if (message.word == plan::Word::Listener) return;  // sent by a process beside the child
  const bool is_report = message.word == plan::Word::Born;
  succession_.learn(received.sender, is_report ? static_cast<pid_t>(message.value) : 0);
  adopt(succession_.setup(), succession_.child());
}

/// A setup process that was reaped stays in `setup_`: its pid may be a stranger's by then.
void FirstProcess::adopt(pid_t setup, pid_t child) {
  if (setup != 0 && !setup_) {
    const bool was_child = child_ && child_->pid() == setup;
    setup_.emplace(was_child ? std::move(*child_) : sys::ChildProcess(setup));
  }
  if (child != 0 && !(child_ && child_->pid() == child)) {
    child_.emplace(sys::ChildProcess(child));
    // The fork of an exec may execute the program before init has ended, and berth then passes the
    // signals on to it.
    if (role_ == InitRole::IsFirst) talk_.keep_signals();
  }
}

/// The connection has ended without a message: init was killed, mostly by the kernel at its memory
/// limit.
void FirstProcess::report_death() {
  int status = child_ ? child_->reap() : init_.reap();
  if (status == 0) {
    // Its makers first, so that only the fork is left.
    if (child_ && init_.pid() != 0) (void)init_.reap();
    if (setup_ && setup_->pid() != 0) (void)setup_->reap();
    status = reap_unreported();
  }
  const char* hint = status == 128 + SIGKILL ? kKilledHint
                     : status == 0           ? kForkHint
                     : is_by_filter(status)
                         ? "in a pid namespace that is joined, without 'noNewPrivileges', the "
                           "seccomp filter has to let pass what berth-init still does, from clone "
                           "to accept4"
                         : "";
  const char* which = role_ == InitRole::IsFirst ? "the process" : "the container's first process";
  fail(ErrorKind::System,
       std::string(which) + " ended before it was ready, with status " + std::to_string(status), {},
       hint);
}

}  // namespace berth::launch
