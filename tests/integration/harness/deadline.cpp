#include "tests/integration/harness/deadline.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace berth::test {

int Deadline::milliseconds_left() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      end_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(0, left.count()));
}

bool wait_readable(int fd, const Deadline& deadline) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  for (;;) {
    const int ready = poll(&entry, 1, deadline.milliseconds_left());
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

void pause_briefly() { poll(nullptr, 0, 2); }

}  // namespace berth::test
