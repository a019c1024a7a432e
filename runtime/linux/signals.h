// The state of berth's own process that its caller and its containers depend on (signals, standard
// descriptors, memory), and signals that berth reads from a descriptor.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// Blocks signals and reads them from a descriptor. They stay blocked after the destructor, because
/// a signal that arrives while berth exits would otherwise replace its exit code. Programs that
/// berth starts have all signals unblocked (program.h). signalfd(2)
class SignalFd {
 public:
  explicit SignalFd(const std::vector<int>& signals);
  SignalFd(const SignalFd&) = delete;
  SignalFd& operator=(const SignalFd&) = delete;

  /// Adds a signal. One that arrived before this call is lost.
  void add(int signal);

  /// Becomes readable when a signal is pending.
  const Fd& fd() const { return fd_; }
  /// Waits for the next signal and returns its number.
  int read();

 private:
  sigset_t set_ = {};
  Fd fd_;
};

/// Waits until `fd` is readable. Throws the State error `interrupted by signal N` if HUP, INT, QUIT
/// or TERM arrives first; other signals are discarded.
void wait_readable(const Fd& fd, SignalFd& interrupt);
/// As above, with a deadline: returns false when it has passed; a negative one means none.
/// `interrupt` may be null.
bool wait_readable(const Fd& fd, SignalFd* interrupt, int milliseconds);
/// Reads a pending signal and returns its number if it is HUP, INT, QUIT or TERM.
std::optional<int> read_ending_signal(SignalFd& interrupt);
[[noreturn]] void fail_interrupted(int signal);

/// Resets SIGCHLD to its default. A caller that ignores SIGCHLD passes that on through execve, and
/// the kernel would then reap berth's children. wait(2), NOTES
void reap_children_ourselves();

/// Ignores SIGPIPE (a write to a pipe without a reader) and SIGXFSZ (a write beyond RLIMIT_FSIZE),
/// so that write(2) fails instead of ending berth.
void ignore_signals_of_writes();

/// Opens /dev/null for each of 0, 1 and 2 that is closed, so that no later descriptor of berth
/// becomes a standard stream of a child.
void ensure_standard_fds();
/// Marks every descriptor from `first` on close-on-exec. close_range(2)
void mark_others_close_on_exec(int first);
bool is_open(int fd);
/// Opens /dev/null at these numbers, as far as RLIMIT_NOFILE allows, so that no other file gets
/// them.
void reserve_fds(const std::vector<std::uint32_t>& numbers);

/// Until the next execve the process does not dump core, and other processes of its uid can neither
/// ptrace it nor open its /proc/PID/mem. RLIMIT_CORE would not do, because the container would
/// inherit it.
void forbid_inspection();
void set_umask(mode_t mask);

}  // namespace berth::sys
