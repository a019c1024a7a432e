// The process that becomes the program while it is made: which one that is, what it reports, and
// how it ends. For the container's first process two others come before it: berth-init as berth has
// started it, and, if a pid namespace is joined, the process that sets everything up. For an exec
// berth-init itself sets everything up.
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

/// What berth-init does as berth has started it.
enum class InitRole { MakesFirst, IsFirst };

class FirstProcess {
 public:
  FirstProcess(InitProcess init, InitRole role, sys::SignalFd* interrupt)
      : init_(std::move(init)), role_(role), talk_(init_.take_talk(), interrupt) {}

  /// Receives as Talk::receive; throws if the message says Failed, or if the process has ended.
  Received receive(Awaited awaited, const std::string& step);
  /// The same; nothing if the connection has ended.
  std::optional<Received> receive_or_end(Awaited awaited, const std::string& step);

  /// Answers as Talk::answer.
  bool answer(const std::vector<SlotFd>& fds) { return talk_.answer(fds); }

  /// Waits for the processes that have only made the first one, and reads what they have sent: if a
  /// socket is closed with unread messages, its peer is reset, and init would get that instead of
  /// the last answer. unix(7)
  void await_makers();

  /// berth-init as berth has started it.
  pid_t init_pid() const { return init_.pid(); }
  /// The file that it executes.
  const sys::FileIdentity& init_file() const { return init_.file(); }

  /// Whether the first process is known. Its pid changes once if a pid namespace is joined: then
  /// the process that sets everything up leaves its place to a fork.
  bool exists() const { return role_ == InitRole::IsFirst || child_.has_value(); }
  sys::ChildProcess& child() { return *child_; }
  pid_t pid() const { return child_ ? child_->pid() : init_.pid(); }

  /// For an exec, after the end of the talk: the process that is to execute the program. Throws if
  /// berth-init was not executed, or with `forks` if its fork is not known.
  sys::ChildProcess take(bool forks);
  /// For an exec that fails: ends berth-init. A fork that has reported itself by now ends with this
  /// object; a later one cannot report itself, and exits.
  void end_init();

  sys::Fd take_talk() { return talk_.take_socket(); }

  [[noreturn]] void report_death();

 private:
  void learn(const Received& received);
  void adopt(pid_t setup, pid_t child);
  void read_rest();

  InitProcess init_;
  InitRole role_;
  Talk talk_;
  Succession succession_{init_.pid()};
  std::optional<sys::ChildProcess> setup_;  ///< the child before it forked
  std::optional<sys::ChildProcess> child_;
};

}  // namespace berth::launch
