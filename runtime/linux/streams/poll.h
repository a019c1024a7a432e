// Waiting for descriptors with a deadline. poll(2)
#pragma once

#include <poll.h>

#include <span>

namespace berth::sys {

/// One direction of one descriptor; a caller lists a descriptor twice to wait for both. A pidfd
/// becomes readable when its process ends. Event is a change of a kernel file after it was read,
/// such as cgroup.events.
struct Watch {
  enum class For : short { Read = POLLIN, Write = POLLOUT, Event = POLLPRI };

  int fd = -1;  ///< borrowed; a negative one is never ready
  For direction = For::Read;
  bool ready = false;  ///< also set when the peer has closed, which the following call reports
};

/// Waits until at least one is ready and marks all that are. Returns false at the deadline; a
/// negative one means none.
bool poll_any(std::span<Watch> watches, int milliseconds);

/// As poll_any(), for one descriptor. With 0 milliseconds it does not wait: a read that would
/// return bytes or the end of the file is ready.
bool wait_for(Watch watch, int milliseconds);

}  // namespace berth::sys
