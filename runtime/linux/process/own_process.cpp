#include "runtime/linux/process/own_process.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <string>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/fd.h"
#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"

namespace berth::sys {

pid_t own_pid() { return ::getpid(); }

uid_t effective_uid() { return ::geteuid(); }

gid_t effective_gid() { return ::getegid(); }

std::string own_program() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size < 0) fail_errno("readlink", "/proc/self/exe");
  path.resize(static_cast<std::size_t>(size));
  return path;
}

std::vector<std::string> own_environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

void become_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
    fail_errno("prctl", "PR_SET_CHILD_SUBREAPER");
  }
}

void reap_own_children() {
  if (::signal(SIGCHLD, SIG_DFL) == SIG_ERR) fail_errno("signal", "SIGCHLD");
}

void ignore_signals_of_writes() {
  for (const int number : {SIGPIPE, SIGXFSZ}) {
    if (::signal(number, SIG_IGN) == SIG_ERR) fail_errno("signal", std::to_string(number));
  }
}

void ensure_standard_fds() {
  for (int number = 0; number <= STDERR_FILENO; ++number) {
    if (is_open(number)) continue;
    // open(2) returns the lowest free descriptor, which is this one.
    if (retry_on_eintr([] { return ::open("/dev/null", O_RDWR); }) != number)
      fail_errno("open", "/dev/null");
  }
}

void mark_others_close_on_exec(int first) {
  if (close_range(static_cast<unsigned>(first), ~0U, CLOSE_RANGE_CLOEXEC) < 0) {
    fail_errno("close_range", std::to_string(first));
  }
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

void reserve_fds(const std::vector<std::uint32_t>& numbers) {
  if (numbers.empty()) return;
  Fd filler(::eventfd(0, EFD_CLOEXEC));
  if (!filler) fail_errno("eventfd", "");
  bool is_in_place = false;
  for (const std::uint32_t number : numbers) {
    const int fd = static_cast<int>(number);
    if (fd == filler.get()) {
      is_in_place = true;
    } else if (::dup3(filler.get(), fd, O_CLOEXEC) < 0 && errno != EBADF) {
      fail_errno("dup3", std::to_string(number));
    }
  }
  if (is_in_place) (void)filler.release();  // it stays open until berth ends, like the others
}

void forbid_inspection() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) fail_errno("prctl", "PR_SET_DUMPABLE");
}

void set_umask(mode_t mask) {
  (void)::umask(mask);  // it cannot fail, and the old mask is not needed
}

}  // namespace berth::sys
