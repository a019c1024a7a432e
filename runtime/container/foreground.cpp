#include "runtime/container/foreground.h"

#include <signal.h>

#include <array>

#include "runtime/linux/process/process.h"
#include "runtime/linux/streams/poll.h"

namespace berth::container {

namespace {

/// Signals that a supervisor or a person at the keyboard sends to berth and means for the program.
constexpr std::array kForwarded = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1,
                                   SIGUSR2, SIGALRM, SIGCONT, SIGPWR};

}  // namespace

std::vector<int> foreground_signals() {
  std::vector<int> signals(kForwarded.begin(), kForwarded.end());
  signals.push_back(SIGWINCH);
  return signals;
}

int Foreground::wait() {
  // Not earlier: other children of berth end while the program is started, and must not wake it.
  signals_.add(SIGCHLD);
  const pid_t program = process_.pid();
  reap();  // the program may have ended before
  for (const int signal : signals_.take_kept()) {
    if (!status_) handle(signal);
  }
  while (!status_) {
    std::array watches = {sys::Watch{.fd = signals_.fd().get()}, relay_.next_input(),
                          relay_.next_output(),
                          notifications_ != nullptr ? notifications_->next() : sys::Watch{}};
    (void)sys::poll_any(watches, -1);  // there is no deadline to miss
    if (watches[1].ready) relay_.run_input();
    if (watches[2].ready) relay_.run_output();
    if (notifications_ != nullptr && watches[3].ready) notifications_->pass_on(program);
    if (watches[0].ready) handle(signals_.read());
  }
  relay_.drain(signals_);
  if (notifications_ != nullptr) notifications_->pass_on(program);
  return *status_;
}

void Foreground::handle(int signal) {
  if (signal == SIGCHLD) return reap();
  if (signal == SIGWINCH) return relay_.resize();
  (void)process_.handle().signal(signal);  // false: it has ended, and SIGCHLD follows
}

/// Reaps orphans as well, which the subreaper of a container has.
void Foreground::reap() {
  while (const auto reaped = sys::reap_any_if_ended()) {
    if (reaped->pid != process_.pid()) continue;
    (void)process_.release();  // it does not exist any more
    status_ = reaped->status;
  }
}

}  // namespace berth::container
