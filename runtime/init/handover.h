// What the host says: runtime/plan/talk.h.
#pragma once

#include <cstddef>

#include "runtime/init/state.h"

namespace berth::init {

/// Nothing: the other side went away without a word. Failed: see errno.
enum class Heard { Go, Nothing, Failed, Other };

/// The descriptors that came with an answer, in the order in which they were sent.
struct Luggage {
  static constexpr std::size_t kMost = 253;  // SCM_MAX_FD: no message carries more

  int fds[kMost];
  std::size_t count = 0;
};

/// Waits for an answer.
Heard hear(int socket, Luggage& luggage);

/// Waits for the plan, and maps it: all of Init is set. False: there is none, or it is not one.
bool receive_image(Init& init, int socket);

}  // namespace berth::init
