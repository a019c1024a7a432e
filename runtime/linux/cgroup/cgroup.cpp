#include "runtime/linux/cgroup/cgroup.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"

namespace berth::sys {

Mkdir mkdir_cgroup(const Dir& parent, const std::string& name) {
  if (::mkdirat(parent.fd.get(), name.c_str(), 0755) == 0) return Mkdir::Made;
  if (errno == EEXIST) return Mkdir::Existed;
  if (errno == ENOENT || errno == ENODEV) return Mkdir::NoParent;
  fail_errno("mkdir", parent.path_of(name));
}

bool rmdir_unless_busy(const std::string& path) {
  if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return true;
  if (errno == EBUSY || errno == ENOTEMPTY) return false;
  fail_errno("rmdir", path);
}

bool rmdir_at_unless_busy(const Dir& parent, const std::string& name) {
  if (::unlinkat(parent.fd.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
  if (errno == EBUSY || errno == ENOTEMPTY) return false;
  fail_errno("rmdir", parent.path_of(name));
}

std::optional<std::string> read_cgroup_procs(const Dir& cgroup) {
  const auto is_absence = [] { return errno == ENOENT || errno == ENODEV || errno == EOPNOTSUPP; };
  const std::string name = cgroup.path_of("cgroup.procs");
  const Fd file(retry_on_eintr(
      [&] { return ::openat(cgroup.fd.get(), "cgroup.procs", O_RDONLY | O_CLOEXEC); }));
  if (!file && is_absence()) return std::nullopt;
  if (!file) fail_errno("open", name);

  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (is_absence()) {
      return std::nullopt;
    } else if (errno != EINTR) {
      fail_errno("read", name);
    }
  }
}

bool wait_for_cgroup_event(const Fd& events, const std::string& name, int milliseconds) {
  pollfd one = {.fd = events.get(), .events = POLLPRI, .revents = 0};
  const int ready = ::poll(&one, 1, milliseconds);
  if (ready < 0 && errno != EINTR) fail_errno("poll", name);
  return ready > 0;
}

}  // namespace berth::sys
