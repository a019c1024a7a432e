// System calls that a signal may interrupt. berth installs no handlers, so only a debugger, or a
// file system that gives up a wait, gets that far; every call that can wait goes on all the same.
// Calls that only change or look at names, attributes and processes of this kernel do not wait;
// clone(2) and its kin are begun again by the kernel; the descriptor of close(2) is gone in any
// case. signal(7)
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
