// What a service manager and a program say by NOTIFY_SOCKET, through a container: `run` in the
// foreground passes the program's messages on to the service manager that started it. sd_notify(3)
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "runtime/container/context.h"
#include "runtime/linux/base/fd.h"
#include "runtime/linux/streams/poll.h"
#include "spec/config/config.h"

namespace berth::container {

/// The address in berth's environment, if the program is to have a socket for it: not if there is
/// none, or if the engine gives the program a NOTIFY_SOCKET of its own.
std::optional<std::string> notify_address(const spec::Config& config);

/// An Unsupported error for a caller that nobody will pass messages on to.
[[noreturn]] void refuse_notifications();

/// Gives the program NOTIFY_SOCKET, and mounts the socket `notify` of the state directory there.
void add_notifications(const std::string& state_dir, spec::Config& config);

/// The message for the service manager: without what makes sense in the container alone (MAINPID,
/// descriptors), and with the pid of the program if it is ready. Empty: nothing is left.
std::string message_for_manager(std::string_view message, pid_t program);

class Notifications {
 public:
  /// Binds the socket. `context` gets the first failure to pass on a message, and has to outlive
  /// this object.
  Notifications(std::string address, const sys::Dir& state_dir, Context& context);

  sys::Watch next() const { return {.fd = socket_.get()}; }
  /// Passes on all messages that have arrived.
  void pass_on(pid_t program);

 private:
  std::string address_;
  sys::Fd socket_;
  Context* context_;
  bool has_failed_ = false;
};

}  // namespace berth::container
