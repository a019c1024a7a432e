#include "runtime/launch/first_process.h"

#include <signal.h>

#include "runtime/plan/failure.h"
#include "spec/error.h"

namespace berth::launch {

namespace {

void await_end(const sys::Pidfd& process) {
  if (process.wait_for_exit(Talk::kPatience)) return;
  fail(ErrorKind::System, "a process that only made the container's first one does not end");
}

}  // namespace

Received FirstProcess::receive(Awaited awaited, const std::string& step) {
  auto received = talk_.receive(awaited, step);
  if (!received) report_death();
  learn(*received);
  if (received->message.word == plan::Word::Failed) plan::throw_failure(received->message);
  return std::move(*received);
}

void FirstProcess::await_makers() {
  await_end(init_.handle());
  if (setup_) await_end(setup_->handle());
  while (talk_.has_more()) (void)receive(Awaited::Steps, {});
  // Not earlier: until then their pids identify the senders of the messages.
  (void)init_.reap();
  if (setup_) (void)setup_->reap();
}

/// Each process reports the one that follows it, but the first message of that one may come before.
/// So a sender that is neither of the others is the child. All are berth's children (CLONE_PARENT),
/// which only berth reaps, so their pids cannot belong to other processes.
void FirstProcess::learn(const Received& received) {
  const plan::Message& message = received.message;
  if (message.word == plan::Word::Listener) return;  // sent by a process beside the child
  const bool is_maker =
      received.sender == init_.pid() || (setup_ && received.sender == setup_->pid());
  if (!is_maker) take_child(received.sender);
  const bool is_news = message.word == plan::Word::Born && (!is_maker || !child_);
  if (is_news) take_child(static_cast<pid_t>(message.value));
}

void FirstProcess::take_child(pid_t pid) {
  if (child_ && child_->pid() == pid) return;
  if (setup_) fail(ErrorKind::Bug, "a third process says that it is the container's first");
  if (child_) setup_.emplace(std::move(*child_));
  child_.emplace(sys::ChildProcess::adopt(pid));
}

/// The connection has ended without a message: init was killed, mostly by the kernel at its memory
/// limit.
void FirstProcess::report_death() {
  const int status = child_ ? child_->reap() : init_.reap();
  const char* hint = status == 128 + SIGKILL ? "is the memory limit too small, or was it killed?"
                     : status == 128 + SIGSYS
                         ? "in a pid namespace that is joined, without 'noNewPrivileges', the "
                           "seccomp filter has to let pass what berth-init still does, from clone "
                           "to accept4"
                         : "";
  fail(ErrorKind::System,
       "the container's first process ended before it was ready, with status " +
           std::to_string(status),
       {}, hint);
}

}  // namespace berth::launch
