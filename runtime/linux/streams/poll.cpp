#include "runtime/linux/streams/poll.h"

#include <poll.h>

#include <cerrno>
#include <vector>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/base/time.h"

namespace berth::sys {

bool poll_any(std::span<Watch> watches, int milliseconds) {
  std::vector<pollfd> polled;
  for (const Watch& watch : watches) {
    const auto events = static_cast<short>(watch.direction);
    polled.push_back({.fd = watch.fd, .events = events, .revents = 0});
  }
  // Most calls do not wait, so they do not read the clock.
  const Deadline deadline = milliseconds > 0 ? Deadline(milliseconds) : Deadline();
  int count = 0;
  while ((count = ::poll(polled.data(), polled.size(), milliseconds)) < 0) {
    if (errno != EINTR) fail_errno("poll", std::to_string(polled.size()) + " descriptors");
    if (milliseconds > 0) milliseconds = deadline.left();
  }
  for (std::size_t i = 0; i < polled.size(); ++i) watches[i].ready = polled[i].revents != 0;
  return count > 0;
}

bool wait_for(Watch watch, int milliseconds) { return poll_any({&watch, 1}, milliseconds); }

}  // namespace berth::sys
