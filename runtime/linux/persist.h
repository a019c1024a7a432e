// System calls that a signal may interrupt. berth installs no handlers, so mostly only a debugger,
// or a file system that gives up a wait, gets that far; every call that can wait goes on all the
// same. close(2) is not among them: its descriptor is gone in any case.
#pragma once

#include <cerrno>

namespace berth::sys {

/// What the call returns, once it has not been interrupted. signal(7)
template <class Call>
auto persist(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace berth::sys
