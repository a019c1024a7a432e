// berth's end of the talk with init (plan/talk.h): what is received, from which process, and how
// long berth waits for it. Knows no step.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/launch/init_process.h"
#include "runtime/linux/fd.h"
#include "runtime/linux/program.h"
#include "runtime/linux/signals.h"
#include "runtime/plan/talk.h"

namespace berth::launch {

struct Received {
  plan::Message message;
  std::vector<sys::Fd> fds;
};

/// Whether init runs hooks before it answers: those take as long as they take.
enum class Awaited { Steps, Hooks };

class Talk {
 public:
  /// How long init may take from one sync point to the next, hooks aside. Long enough for a copy of
  /// any directory on a busy machine; what takes longer has been stopped, by a neighbour in its pid
  /// namespace or a frozen cgroup, and would keep berth waiting for ever.
  static constexpr int kPatience = 120'000;  // milliseconds

  /// A signal at `interrupt`, which may be null, ends every wait.
  Talk(InitProcess init, sys::SignalFd* interrupt)
      : init_(std::move(init)), interrupt_(interrupt) {}

  /// False when init has ended.
  bool send_image(const sys::Fd& image, const std::vector<Delivery>& others) const {
    return init_.send_image(image, others);
  }

  /// The next message. Its own error when that says Failed; `step` names what init is doing, for
  /// the error when nothing comes.
  Received receive(Awaited awaited, const std::string& step);

  /// Go, with descriptors. False when init has ended: what it has said before can still be
  /// received.
  bool answer(const std::vector<Delivery>& deliveries) const { return init_.send(deliveries); }

  /// Waits for those that have only made the first process, and reads what they have said: a socket
  /// that is closed with unread messages resets its peer, and init would find that instead of the
  /// last answer. unix(7)
  void await_makers();

  /// The container's first process, as far as init has said. Its pid changes once where a pid
  /// namespace is joined: there the process that set everything up leaves it to a fork.
  bool has_child() const { return child_.has_value(); }
  sys::ChildProcess& child() { return *child_; }
  pid_t pid() const { return child_->pid(); }

  sys::Fd& socket() { return init_.talk(); }

  [[noreturn]] void report_death();

 private:
  void wait(Awaited awaited, const std::string& step);
  void learn(const plan::Message& message, pid_t sender);
  void take_child(pid_t pid);

  InitProcess init_;
  sys::SignalFd* interrupt_;
  std::optional<sys::ChildProcess> setup_;  ///< was the child before it forked
  std::optional<sys::ChildProcess> child_;
};

}  // namespace berth::launch
