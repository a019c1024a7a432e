// The agent of SCMP_ACT_NOTIFY, played by the test: it listens, gets the listener of a filter with
// the container process state, and decides about single system calls. seccomp_unotify(2)
#pragma once

#include <linux/seccomp.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "tests/integration/harness/child.h"

namespace berth::test {

/// One filter's listener.
class Listener {
 public:
  explicit Listener(sys::Fd fd) : fd_(std::move(fd)) {}

  /// The next call; nothing when there is none at the moment, or no process is left.
  std::optional<seccomp_notif> next() const;
  void let_pass(const seccomp_notif& call) const;
  /// A negative errno is what the program gets.
  void answer(const seccomp_notif& call, int error) const;

  /// Lets all calls pass but those of this number, until the program has exited.
  Outcome serve(Child& program, int number, int error) const;

 private:
  void send(const seccomp_notif_resp& answer) const;

  sys::Fd fd_;
};

class Agent {
 public:
  explicit Agent(const std::string& path);

  struct Delivery {
    std::string state;  ///< the container process state
    std::vector<sys::Fd> fds;
  };
  /// Takes a connection and what comes with the first message; checks that nothing else comes.
  Delivery receive() const;

 private:
  sys::Fd socket_;
};

}  // namespace berth::test
