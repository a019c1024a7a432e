#include "runtime/linux/files/lock.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/base/time.h"

namespace berth::sys {

namespace {

/// A lock of the whole file, which covers bytes that are appended later.
struct flock exclusive() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool try_lock(const Fd& fd, const std::string& name) {
  struct flock lock = exclusive();
  if (::fcntl(fd.get(), F_SETLK, &lock) == 0) return true;
  if (errno == EAGAIN || errno == EACCES || errno == EINTR) return false;
  fail_errno("fcntl F_SETLK", name);
}

}  // namespace

bool lock_file(const Fd& fd, const std::string& name, int deadline_milliseconds) {
  // F_SETLKW has no deadline, and the signal of a timer could interrupt any other call. Locks are
  // held briefly, so the first pauses are short.
  constexpr int kLongestPause = 20;
  return retry_until(Deadline(deadline_milliseconds), kLongestPause,
                     [&] { return try_lock(fd, name); });
}

std::optional<pid_t> lock_holder(const Fd& fd, const std::string& name) {
  struct flock lock = exclusive();
  while (::fcntl(fd.get(), F_GETLK, &lock) < 0) {
    if (errno != EINTR) fail_errno("fcntl F_GETLK", name);
  }
  if (lock.l_type == F_UNLCK) return std::nullopt;
  return std::max<pid_t>(lock.l_pid, 0);
}

}  // namespace berth::sys
