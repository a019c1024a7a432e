// Waiting for descriptors with a deadline. poll(2)
#pragma once

#include <span>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// One direction of one descriptor; a caller lists a descriptor twice to wait for both. A pidfd
/// becomes readable when its process ends.
struct Watch {
  enum class For { Read, Write };

  int fd = -1;  ///< borrowed; a negative one is never ready
  For direction = For::Read;
  bool ready = false;  ///< also set when the peer has closed, which the following call reports
};

/// Waits until at least one is ready and marks all that are. Returns false at the deadline; a
/// negative one means none.
bool poll_any(std::span<Watch> watches, int milliseconds);

/// Whether a read would return bytes or the end of the file without blocking.
bool is_readable(const Fd& fd);

}  // namespace berth::sys
