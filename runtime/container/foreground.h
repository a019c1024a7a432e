// A program in the foreground of `run` or `exec`: its end, the signals that are meant for it, and
// its terminal.
#pragma once

#include <optional>
#include <vector>

#include "runtime/container/notifications.h"
#include "runtime/container/relay.h"
#include "runtime/linux/process/program.h"
#include "runtime/linux/process/signals.h"

namespace berth::container {

/// What a foreground command passes to the creation of its process.
struct ForegroundOptions {
  /// If the process has a terminal, the launch makes the connection for it, and leaves berth's end
  /// here. Null: there is no relay.
  sys::Fd* console = nullptr;
  sys::SignalFd* interrupt = nullptr;  ///< a signal here ends the creation
};

/// The signals for Foreground, to be watched before berth makes anything.
std::vector<int> foreground_signals();

/// From the start of the program to its end. The process does not outlive this object.
class Foreground {
 public:
  /// `signals` receives foreground_signals(). `console` is for the Relay, or empty.
  /// `notifications`, if any, are passed on, and outlive this object.
  Foreground(sys::ChildProcess process, sys::SignalFd& signals, const sys::Fd& console,
             Notifications* notifications = nullptr)
      : process_(std::move(process)),
        signals_(signals),
        relay_(console),
        notifications_(notifications) {}

  /// Returns the program's status: its exit code, or 128 + signal.
  int wait();

 private:
  void handle(int signal);
  void reap();

  sys::ChildProcess process_;
  sys::SignalFd& signals_;
  Relay relay_;
  Notifications* notifications_;
  std::optional<int> status_;
};

}  // namespace berth::container
