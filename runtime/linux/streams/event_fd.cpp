#include "runtime/linux/streams/event_fd.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"

namespace berth::sys {

Fd event_fd() {
  Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) fail_errno("eventfd", "");
  return event;
}

bool clear_event(const Fd& event) {
  std::uint64_t count = 0;
  const ssize_t size = retry_on_eintr([&] { return ::read(event.get(), &count, sizeof count); });
  if (size < 0 && errno != EAGAIN) fail_errno("read", "eventfd");
  return size > 0;
}

}  // namespace berth::sys
