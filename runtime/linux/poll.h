// Waiting for descriptors with a deadline. poll(2)
#pragma once

#include <span>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// One direction of one descriptor; list it twice for both. A pidfd is readable when its process
/// has ended.
struct Watch {
  enum class For { Read, Write };

  int fd = -1;  ///< borrowed; negative ones are never ready
  For direction = For::Read;
  bool ready = false;  ///< also when the peer has gone: the call that follows tells
};

/// Waits until one is ready, and marks all that are. False at the deadline; negative: none.
bool poll_any(std::span<Watch> watches, int milliseconds);

/// Whether there is something to read by now, or the end of it.
bool is_readable(const Fd& fd);

}  // namespace berth::sys
