// Signals that berth reads from a descriptor. signalfd(2)
#pragma once

#include <csignal>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Blocks signals and reads them from a descriptor. They stay blocked after the destructor, because
/// a signal that arrives while berth exits would otherwise replace its exit code. Programs that
/// berth starts have all signals unblocked (program.h).
class SignalFd {
 public:
  explicit SignalFd(const std::vector<int>& signals);
  SignalFd(const SignalFd&) = delete;
  SignalFd& operator=(const SignalFd&) = delete;

  /// Adds a signal. One that arrived before this call is lost.
  void add(int signal);

  /// Becomes readable when a signal is pending.
  const Fd& fd() const { return fd_; }
  /// Whether one is pending. Does not wait. sigpending(2)
  bool has_arrived() const;
  /// Waits for the next signal and returns its number.
  int read();

  /// Signals that came while only those that end a command were awaited, in their order; each once.
  std::vector<int> take_kept() { return std::exchange(kept_, {}); }
  void keep(int signal);

 private:
  sigset_t set_ = {};
  Fd fd_;
  std::vector<int> kept_;
};

/// Waits until `fd` is readable; returns false at the deadline, a negative one means none. Throws
/// the State error `interrupted by signal N` if HUP, INT, QUIT or TERM arrives first; other signals
/// are kept. `interrupt` may be null.
bool wait_readable(const Fd& fd, SignalFd* interrupt, int milliseconds);
/// Reads a pending signal and returns its number if it is HUP, INT, QUIT or TERM; else keeps it.
std::optional<int> read_ending_signal(SignalFd& interrupt);
[[noreturn]] void fail_interrupted(int signal);

/// Sends SIGALRM to berth after that time, for a SignalFd that receives it; the destructor calls
/// that off. alarm(2)
class Alarm {
 public:
  explicit Alarm(unsigned seconds);
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm();
};

}  // namespace berth::sys
