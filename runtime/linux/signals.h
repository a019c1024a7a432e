// Signals, descriptors and memory of this process itself: what berth owes its caller and its
// containers before it does anything else, and signals as something to be read.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// Blocks signals and delivers them through a descriptor. They stay blocked when this is gone: one
/// that comes while berth ends would else take the place of its exit code. Programs that are
/// started begin with all signals unblocked (program.h). signalfd(2)
class SignalFd {
 public:
  explicit SignalFd(const std::vector<int>& signals);
  SignalFd(const SignalFd&) = delete;
  SignalFd& operator=(const SignalFd&) = delete;

  /// One more. What came before is not delivered any more.
  void add(int signal);

  /// For poll: readable when a signal has come.
  const Fd& fd() const { return fd_; }
  /// The number of the next signal; waits for one.
  int read();

 private:
  sigset_t set_ = {};
  Fd fd_;
};

/// Waits until there is something to read. State error `interrupted by signal N` when HUP, INT,
/// QUIT or TERM comes first; other signals are nobody's yet, and are passed over.
void wait_readable(const Fd& fd, SignalFd& interrupt);
/// The same with a deadline, false when it has passed; negative: none. `interrupt` may be null.
bool wait_readable(const Fd& fd, SignalFd* interrupt, int milliseconds);
/// For one that is readable: whether the signal is one of these.
std::optional<int> read_ending_signal(SignalFd& interrupt);
[[noreturn]] void fail_interrupted(int signal);

/// SIGCHLD as it was at boot: whoever ignores it has no children to wait for, and an ignored signal
/// survives execve. wait(2), NOTES
void reap_children_ourselves();

/// SIGPIPE, for a write to a pipe that nobody reads, and SIGXFSZ, for one beyond RLIMIT_FSIZE: the
/// write is an error then, not our end.
void ignore_signals_of_writes();

/// Opens /dev/null for each of 0, 1 and 2 that is closed: no file of ours becomes somebody's stdio.
void ensure_standard_fds();
/// Every descriptor from `first` on is close-on-exec. close_range(2)
void mark_others_close_on_exec(int first);
bool is_open(int fd);
/// Opens what is of no use to anybody at these numbers, as far as the limit lets anything be opened
/// there.
void occupy(const std::vector<std::uint32_t>& numbers);

/// No core dump, and no ptrace or /proc/PID/mem for others of our uid, until the next execve.
/// PR_SET_DUMPABLE rather than RLIMIT_CORE, which the container would inherit.
void forbid_inspection();
void set_umask(mode_t mask);

}  // namespace berth::sys
