#include "runtime/linux/process/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <csignal>
#include <string>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/base/time.h"
#include "runtime/linux/streams/poll.h"

namespace berth::sys {

namespace {

bool ends_command(int signal) {
  return signal == SIGHUP || signal == SIGINT || signal == SIGQUIT || signal == SIGTERM;
}

}  // namespace

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

bool SignalFd::has_arrived() const {
  sigset_t arrived = {};
  if (::sigpending(&arrived) < 0) fail_errno("sigpending", "");
  sigset_t ours = {};
  (void)::sigandset(&ours, &arrived, &set_);  // cannot fail
  return ::sigisemptyset(&ours) == 0;
}

int SignalFd::read() {
  signalfd_siginfo info = {};
  // The kernel returns a whole signalfd_siginfo or none.
  if (retry_on_eintr([&] { return ::read(fd_.get(), &info, sizeof info); }) < 0) {
    fail_errno("read", "signalfd");
  }
  return static_cast<int>(info.ssi_signo);
}

void SignalFd::keep(int signal) {
  if (std::ranges::count(kept_, signal) == 0) kept_.push_back(signal);
}

bool wait_readable(const Fd& fd, SignalFd* interrupt, int milliseconds) {
  const Deadline deadline = milliseconds > 0 ? Deadline(milliseconds) : Deadline();
  while (true) {
    std::array watches = {Watch{.fd = fd.get()},
                          Watch{.fd = interrupt == nullptr ? -1 : interrupt->fd().get()}};
    if (!poll_any(watches, milliseconds > 0 ? deadline.left() : milliseconds)) return false;
    if (watches[0].ready) return true;
    assert(interrupt != nullptr);  // a wait for `fd` alone ends with it
    const int signal = interrupt->read();
    // It may have come after the poll, and before it something to read: then it stays pending.
    if (wait_for({.fd = fd.get()}, 0)) {
      if (::raise(signal) != 0) fail_errno("raise", std::to_string(signal));
      return true;
    }
    if (ends_command(signal)) fail_interrupted(signal);
    interrupt->keep(signal);
  }
}

std::optional<int> read_ending_signal(SignalFd& interrupt) {
  const int signal = interrupt.read();
  if (ends_command(signal)) return signal;
  interrupt.keep(signal);
  return std::nullopt;
}

// alarm(2) returns the time that an earlier alarm had left; berth has one at a time.
Alarm::Alarm(unsigned seconds) { (void)::alarm(seconds); }

Alarm::~Alarm() { (void)::alarm(0); }

void fail_interrupted(int signal) {
  fail(ErrorKind::State, "interrupted by signal " + std::to_string(signal));
}

}  // namespace berth::sys
