// The caller's terminal, and the relay between it and a container's. The descriptors are borrowed,
// because berth must not close its caller's streams. termios(3), ioctl_tty(2)
#pragma once

#include <termios.h>

#include <cstddef>
#include <memory>
#include <optional>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/streams/poll.h"

namespace berth::sys {

bool is_terminal(int fd);

struct WindowSize {
  unsigned short rows;
  unsigned short columns;
};
/// Returns nothing if the descriptor is not a terminal.
std::optional<WindowSize> window_size(int terminal);
void set_window_size(int terminal, WindowSize size);

/// Puts a terminal into raw mode; the destructor restores its settings.
class RawMode {
 public:
  explicit RawMode(int terminal);
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;
  ~RawMode();

 private:
  int terminal_;
  termios before_ = {};
};

/// One direction of a relay. It buffers what the other side has not accepted yet and reads nothing
/// more until then, so a program that does not read its input cannot block berth if the descriptor
/// is non-blocking (pipe.h).
class Pump {
 public:
  Pump(int from, int to) : from_(from), to_(to) {}

  /// The descriptor to wait for next, -1 once either side has ended.
  Watch next() const;
  /// Reads once, writes once, or both; called when next() is ready.
  void run();
  /// Transfers what can be read now, up to more than a terminal holds, because processes that are
  /// left may write without end; waits until the writing side has accepted it. Returns false if
  /// `interrupt` becomes readable while it waits; it can be called again.
  bool drain(const Fd& interrupt);

  bool has_ended() const { return has_ended_; }

 private:
  void read();
  void write();

  int from_, to_;
  bool has_ended_ = false;
  // At most PIPE_BUF, the room that poll(2) guarantees in a pipe. In the heap, because a relay has
  // room for two Pumps on the stack, and without a terminal has none.
  static constexpr std::size_t kSize = 4096;
  std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(kSize);
  std::size_t begin_ = 0, end_ = 0;
  std::size_t drained_ = 0;  ///< how much drain() has read
};

}  // namespace berth::sys
