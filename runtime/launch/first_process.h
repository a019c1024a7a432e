// The container's first process while it is made: which process that is, what it reports, and how
// it ends. Two others come before it: berth-init as berth has started it, and, if a pid namespace
// is joined, the process that sets everything up.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/launch/init_process.h"
#include "runtime/launch/succession.h"
#include "runtime/launch/talk.h"
#include "runtime/linux/process/program.h"

namespace berth::launch {

class FirstProcess {
 public:
  FirstProcess(InitProcess init, sys::SignalFd* interrupt)
      : init_(std::move(init)), talk_(init_.take_talk(), interrupt) {}

  /// Receives as Talk::receive; throws if the message says Failed, or if the process has ended.
  Received receive(Awaited awaited, const std::string& step);

  /// Answers as Talk::answer.
  bool answer(const std::vector<SlotFd>& fds) { return talk_.answer(fds); }

  /// Waits for the processes that have only made the first one, and reads what they have sent: if a
  /// socket is closed with unread messages, its peer is reset, and init would get that instead of
  /// the last answer. unix(7)
  void await_makers();

  /// berth-init as berth has started it.
  pid_t init_pid() const { return init_.pid(); }

  /// Whether init has reported the first process. Its pid changes once if a pid namespace is
  /// joined: then the process that sets everything up leaves its place to a fork.
  bool exists() const { return child_.has_value(); }
  sys::ChildProcess& child() { return *child_; }
  pid_t pid() const { return child_->pid(); }

  sys::Fd take_talk() { return talk_.take_socket(); }

  [[noreturn]] void report_death();

 private:
  void learn(const Received& received);
  void adopt(pid_t setup, pid_t child);
  void read_rest();

  InitProcess init_;
  Talk talk_;
  Succession succession_{init_.pid()};
  std::optional<sys::ChildProcess> setup_;  ///< the child before it forked
  std::optional<sys::ChildProcess> child_;
};

}  // namespace berth::launch
