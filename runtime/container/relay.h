// Relays the terminal of a foreground `run`: bytes between the caller's terminal and the
// container's, window size, raw mode. The destructor restores the caller's terminal.
#pragma once

#include <optional>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/process/signals.h"
#include "runtime/linux/streams/terminal.h"

namespace berth::container {

class Relay {
 public:
  /// `console` is berth's end of the connection over which init has sent the pty master; if it has
  /// not, there is nothing to relay. Sets the caller's terminal (stdin, if it is one) to raw mode,
  /// and the container's window size to the caller's.
  explicit Relay(const sys::Fd& console);

  /// For poll_any; never ready if there is nothing to relay.
  sys::Watch next_input() const;
  sys::Watch next_output() const;
  /// When the caller's input ends, the program reads an end of file from the terminal.
  void run_input();
  /// When the output has ended, the terminal hangs up.
  void run_output();

  /// Relays what the container wrote before it ended, unless a signal that ends a command comes.
  void drain(sys::SignalFd& interrupt);
  void resize() const;

 private:
  sys::Fd master_;
  bool is_input_over_ = false;
  std::optional<sys::Pump> input_, output_;
  std::optional<sys::RawMode> raw_;
};

}  // namespace berth::container
