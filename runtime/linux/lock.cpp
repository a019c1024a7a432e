#include "runtime/linux/lock.h"

#include <sys/file.h>

#include <algorithm>
#include <cerrno>

#include "runtime/linux/system_error.h"
#include "runtime/linux/time.h"

namespace berth::sys {

namespace {

bool try_lock(const Fd& fd, const std::string& name, int kind) {
  if (::flock(fd.get(), kind | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK || errno == EINTR) return false;
  fail_errno("flock", name);
}

}  // namespace

bool lock_file(const Fd& fd, const std::string& name, int deadline_milliseconds) {
  // flock(2) knows no deadline, and a timer's signal would be everybody's. Others hold it for a
  // moment only, so the first pauses are short.
  constexpr int kLongestPause = 20;
  const Deadline deadline(deadline_milliseconds);
  for (int pause = 1; !try_lock(fd, name, LOCK_EX); pause = std::min(pause * 2, kLongestPause)) {
    if (deadline.has_passed()) return false;
    sleep_milliseconds(pause);
  }
  return true;
}

bool is_locked(const Fd& fd, const std::string& name) {
  // Shared: two that ask at once do not take each other for the owner.
  if (!try_lock(fd, name, LOCK_SH)) return true;
  if (::flock(fd.get(), LOCK_UN) < 0) fail_errno("flock", name);
  return false;
}

}  // namespace berth::sys
