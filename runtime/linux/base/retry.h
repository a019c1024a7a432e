// System calls that a signal may interrupt. berth installs no signal handlers, so EINTR comes only
// from a debugger or from a file system that gives up waiting. Every call that can block is
// repeated. Calls that read or change names, attributes and processes do not block, the kernel
// itself restarts clone(2), and close(2) releases its descriptor even then. signal(7)
#pragma once

#include <cerrno>

namespace berth::sys {

/// Repeats the call until no signal interrupts it.
template <class Call>
auto retry_on_eintr(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace berth::sys
