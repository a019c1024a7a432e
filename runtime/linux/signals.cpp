#include "runtime/linux/signals.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "runtime/linux/calls.h"
#include "runtime/linux/file.h"
#include "runtime/linux/poll.h"
#include "runtime/linux/retry.h"
#include "runtime/linux/system_error.h"
#include "runtime/linux/time.h"

namespace berth::sys {

SignalFd::SignalFd(const std::vector<int>& signals) {
  (void)::sigemptyset(&set_);  // cannot fail
  for (const int number : signals) {
    if (::sigaddset(&set_, number) < 0) fail_errno("sigaddset", std::to_string(number));
  }
  fd_ = Fd(::signalfd(-1, &set_, SFD_CLOEXEC));
  if (!fd_) fail_errno("signalfd", std::to_string(signals.size()) + " signals");
  if (::sigprocmask(SIG_BLOCK, &set_, nullptr) < 0) fail_errno("sigprocmask", "SIG_BLOCK");
}

void SignalFd::add(int signal) {
  const std::string name = std::to_string(signal);
  if (::sigaddset(&set_, signal) < 0) fail_errno("sigaddset", name);
  if (::sigprocmask(SIG_BLOCK, &set_, nullptr) < 0) fail_errno("sigprocmask", name);
  if (::signalfd(fd_.get(), &set_, SFD_CLOEXEC) < 0) fail_errno("signalfd", name);
}

int SignalFd::read() {
  signalfd_siginfo info = {};
  // The kernel returns a whole signalfd_siginfo or none.
  if (retry_on_eintr([&] { return ::read(fd_.get(), &info, sizeof info); }) < 0) {
    fail_errno("read", "signalfd");
  }
  return static_cast<int>(info.ssi_signo);
}

void wait_readable(const Fd& fd, SignalFd& interrupt) {
  (void)wait_readable(fd, &interrupt, -1);  // without a deadline the result is always true
}

bool wait_readable(const Fd& fd, SignalFd* interrupt, int milliseconds) {
  const Deadline deadline = milliseconds > 0 ? Deadline(milliseconds) : Deadline();
  while (true) {
    std::array watches = {Watch{.fd = fd.get()},
                          Watch{.fd = interrupt == nullptr ? -1 : interrupt->fd().get()}};
    if (!poll_any(watches, milliseconds > 0 ? deadline.left() : milliseconds)) return false;
    if (watches[0].ready) return true;
    if (const auto signal = read_ending_signal(*interrupt)) fail_interrupted(*signal);
  }
}

std::optional<int> read_ending_signal(SignalFd& interrupt) {
  const int signal = interrupt.read();
  const bool ends = signal == SIGHUP || signal == SIGINT || signal == SIGQUIT || signal == SIGTERM;
  return ends ? std::optional(signal) : std::nullopt;
}

void fail_interrupted(int signal) {
  fail(ErrorKind::State, "interrupted by signal " + std::to_string(signal));
}

void reap_children_ourselves() {
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
