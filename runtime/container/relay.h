// The terminal of a foreground `run`: bytes between the caller's terminal and the container's,
// window size, raw mode. The caller's terminal is as it was when this object is gone.
#pragma once

#include <optional>

#include "runtime/linux/fd.h"
#include "runtime/linux/terminal.h"

namespace berth::container {

class Relay {
 public:
  /// `console` is our end of the connection over which init has sent the pty master; nothing to
  /// relay when it did not. Sets the caller's terminal (stdin, if it is one) raw and the
  /// container's window size to the caller's.
  explicit Relay(const sys::Fd& console);

  /// For poll_any; never ready when there is nothing to relay.
  sys::Watch next_input() const;
  sys::Watch next_output() const;
  /// When the caller has no more to say, the program hears the terminal's end of file.
  void run_input();
  /// When nobody listens any more, the terminal hangs up.
  void run_output();

  /// Everything that the container wrote before it ended.
  void drain();
  void resize() const;

 private:
  sys::Fd master_;
  bool is_input_over_ = false;
  std::optional<sys::Pump> input_, output_;
  std::optional<sys::RawMode> raw_;
};

}  // namespace berth::container
