// The caller's terminal, and bytes between it and a container's. Descriptors are borrowed: stdio is
// nobody's to close. termios(3), ioctl_tty(2)
#pragma once

#include <termios.h>

#include <array>
#include <cstddef>
#include <optional>

#include "runtime/linux/poll.h"

namespace berth::sys {

bool is_terminal(int fd);

struct WindowSize {
  unsigned short rows;
  unsigned short columns;
};
/// Nothing when it is not a terminal.
std::optional<WindowSize> window_size(int terminal);
void set_window_size(int terminal, WindowSize size);

/// A terminal that passes every byte on as it is; as before when this is gone.
class RawMode {
 public:
  explicit RawMode(int terminal);
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;
  ~RawMode() { restore(); }

  /// May be repeated.
  void restore() noexcept;

 private:
  int terminal_;
  termios before_ = {};
  bool is_raw_ = false;
};

/// One direction of a relay. What was read and the other side does not take yet waits here, and
/// nothing more is read meanwhile: a program that does not read its input blocks nobody, if the
/// descriptor is non-blocking (pipe.h).
class Pump {
 public:
  Pump(int from, int to) : from_(from), to_(to) {}

  /// What to wait for next; its descriptor is -1 once either side has ended.
  Watch next() const;
  /// For when that is ready: one read, or one write, or both.
  void run();
  /// Moves what can be read now, waiting for the writing side as long as it takes.
  void drain();

  bool has_ended() const { return has_ended_; }

 private:
  void read();
  void write();

  int from_, to_;
  bool has_ended_ = false;
  std::array<char, 4096> bytes_;  // no more than PIPE_BUF: what poll(2) says a pipe takes at once
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace berth::sys
