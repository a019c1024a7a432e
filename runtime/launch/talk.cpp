#include "runtime/launch/talk.h"

#include <signal.h>

#include "runtime/linux/poll.h"
#include "runtime/linux/socket.h"
#include "runtime/plan/failure.h"
#include "spec/error.h"

namespace berth::launch {

namespace {

void await_end(const sys::Pidfd& process) {
  if (process.wait_for_exit(Talk::kPatience)) return;
  fail(ErrorKind::System, "a process that only made the container's first one does not end");
}

}  // namespace

Received Talk::receive(Awaited awaited, const std::string& step) {
  wait(awaited, step);
  Received received;
  sys::Received raw =
      sys::receive_message(init_.talk(), &received.message, sizeof received.message);
  if (raw.size == 0) report_death();
  if (raw.size != sizeof received.message) fail(ErrorKind::Bug, "init sent half a message");
  learn(received.message, raw.sender);
  if (received.message.word == plan::Word::Failed) throw plan::failure_of(received.message);
  received.fds = std::move(raw.fds);
  return received;
}

void Talk::wait(Awaited awaited, const std::string& step) {
  const int patience = awaited == Awaited::Hooks ? -1 : kPatience;
  if (sys::wait_readable(init_.talk(), interrupt_, patience)) return;
  fail(ErrorKind::System,
       "nothing was received from the container's first process for " +
           std::to_string(kPatience / 1000) + " s, before its step '" + step + "'",
       {}, "has another process stopped it, or is its cgroup frozen?");
}

void Talk::await_makers() {
  await_end(init_.handle());
  if (setup_) await_end(setup_->handle());
  while (sys::is_readable(init_.talk())) (void)receive(Awaited::Steps, {});
  // Not earlier: by their pids berth knows who has sent what it reads.
  (void)init_.reap();
  if (setup_) (void)setup_->reap();
}

/// Each process says who follows it, and may be overtaken by that one's own first message: the
/// sender of a message that is neither of the others is the child. All are berth's children
/// (CLONE_PARENT) and not reaped by anybody else: their pids mean no other processes.
void Talk::learn(const plan::Message& message, pid_t sender) {
  if (message.word == plan::Word::Listener) return;  // sent by a process beside the child
  const bool is_maker = sender == init_.pid() || (setup_ && sender == setup_->pid());
  if (!is_maker) take_child(sender);
  const bool is_news = message.word == plan::Word::Born && (!is_maker || !child_);
  if (is_news) take_child(static_cast<pid_t>(message.value));
}

void Talk::take_child(pid_t pid) {
  if (child_ && child_->pid() == pid) return;
  if (setup_) fail(ErrorKind::Bug, "init is out of phase");
  if (child_) setup_.emplace(std::move(*child_));
  child_.emplace(sys::ChildProcess::adopt(pid));
}

/// End of file without a word: init was killed, mostly by the kernel for its memory.
void Talk::report_death() {
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
