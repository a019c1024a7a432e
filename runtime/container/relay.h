// The terminal of a foreground `run`: bytes between the caller's terminal and the container's, window
// size, raw mode. The caller's terminal is as it was when this object is gone.
#pragma once

#include <optional>
#include <string>

#include "runtime/linux/fd.h"
#include "runtime/linux/terminal.h"

namespace berth::container {

class Relay {
 public:
  /// `console` is our end of the connection over which init has sent the pty master. Sets the
  /// caller's terminal (stdin, if it is one) raw and the container's window size to the caller's.
  explicit Relay(const sys::Fd& console);

  /// For poll(2): what can be read by `pump_input` and `pump_output`; -1 when that side has ended.
  int input() const { return master_ && input_open_ ? 0 : -1; }
  int output() const { return master_ ? master_.get() : -1; }

  void pump_input();
  void pump_output();
  /// Everything that the container wrote before it ended.
  void drain_output();
  void resize();

 private:
  sys::Fd master_;
  bool input_open_ = true;
  std::optional<sys::RawMode> raw_;
};

}  // namespace berth::container
