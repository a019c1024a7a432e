// The container's first process while it is made: which process that is, what it reports, and how
// it ends. Two others come before it and have to be told apart: berth-init as berth has started it,
// and, where a pid namespace is joined, the one that set everything up.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/launch/init_process.h"
#include "runtime/launch/talk.h"
#include "runtime/linux/program.h"

namespace berth::launch {

class FirstProcess {
 public:
  FirstProcess(InitProcess init, sys::SignalFd* interrupt)
      : init_(std::move(init)), talk_(init_.take_talk(), interrupt) {}

  /// As Talk::receive; its own error when the message says Failed, or when the process has ended.
  Received receive(Awaited awaited, const std::string& step);

  /// As Talk::answer.
  bool answer(const std::vector<SlotFd>& fds) { return talk_.answer(fds); }

  /// Waits for the processes that have only made the first one, and reads what they have sent: a
  /// socket that is closed with unread messages resets its peer, and init would find that instead
  /// of the last answer. unix(7)
  void await_makers();

  /// As far as init has reported it. Its pid changes once where a pid namespace is joined: there
  /// the process that set everything up leaves it to a fork.
  bool exists() const { return child_.has_value(); }
  sys::ChildProcess& child() { return *child_; }
  pid_t pid() const { return child_->pid(); }

  sys::Fd take_talk() { return talk_.take_socket(); }

  [[noreturn]] void report_death();

 private:
  void learn(const Received& received);
  void take_child(pid_t pid);

  InitProcess init_;
  Talk talk_;
  std::optional<sys::ChildProcess> setup_;  ///< was the child before it forked
  std::optional<sys::ChildProcess> child_;
};

}  // namespace berth::launch
