#include "tests/integration/harness/schedule.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <utility>

#include "tests/integration/harness/runtime.h"

namespace berth::test {

namespace {

constexpr int kSystemCallStop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD
constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                          PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;

void trace(int request, pid_t pid, long data = 0) {
  // ESRCH: it was killed meanwhile, and its end is still to be seen.
  (void)ptrace(static_cast<__ptrace_request>(request), pid, nullptr, data);
}

__ptrace_syscall_info call_of(pid_t pid) {
  __ptrace_syscall_info info = {};
  (void)ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
  return info;
}

/// Changes the number of the call that is about to be made, or the result of the one made.
void set_register(pid_t pid, bool is_result, long value) {
#if defined(__x86_64__)
  user_regs_struct registers = {};
  iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
  REQUIRE(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all) == 0);
  (is_result ? registers.rax : registers.orig_rax) = static_cast<unsigned long long>(value);
  REQUIRE(ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all) == 0);
#else
  FAIL("calls of this processor cannot be made to fail: " << pid << is_result << value);
#endif
}

void stop_ourselves() { (void)raise(SIGSTOP); }

/// Stops as soon as it can; what it does until then it would have done before.
bool interrupt(pid_t pid) {
  trace(PTRACE_INTERRUPT, pid);
  int status = 0;
  return waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status);
}

}  // namespace

Schedule& Schedule::hold(Point held, Point until) {
  holds_.push_back({.held = held, .until = until});
  return *this;
}

Schedule& Schedule::answer(Point from, long call, long result) {
  answers_.push_back({.from = from, .call = call, .result = result});
  return *this;
}

Schedule& Schedule::kill(Point point) {
  kills_.push_back({.point = point});
  return *this;
}

Outcome Schedule::run(const Command& command) {
  Command stopped = command;
  stopped.prepare = [&command] {
    if (command.prepare) command.prepare();
    Runtime::prepare_for_tracing();
    stop_ourselves();
  };
  const Deadline deadline;
  Child child(stopped);
  int status = 0;
  REQUIRE(waitpid(child.pid(), &status, WUNTRACED) == child.pid());
  REQUIRE(ptrace(PTRACE_SEIZE, child.pid(), nullptr, kOptions) == 0);
  child.signal(SIGCONT);
  roles_[child.pid()] = Who::Berth;
  traced_[child.pid()] = {};
  follow(child.pid(), deadline);
  let_go();
  for (const Hold& hold : holds_) {
    CHECK(hold.is_over);
    const bool may_be_quicker = hold.until == Point::end(Who::Berth);
    CHECK((hold.is_reached || may_be_quicker));  // else no process came to that point
  }
  for (const Answer& one : answers_) CHECK(one.is_given);
  for (const Kill& one : kills_) CHECK(one.is_done);
  return child.wait();
}

/// Until the command has ended, whose status is left to its parent's handle of it.
void Schedule::follow(pid_t command, const Deadline& deadline) {
  while (!deadline.passed()) {
    siginfo_t info = {};
    const int peek = WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL;
    REQUIRE(waitid(P_ALL, 0, &info, peek) == 0);
    if (info.si_pid == 0) {
      pause_briefly();
      continue;
    }
    const bool has_ended = info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED;
    if (info.si_pid == command && has_ended) {
      traced_.erase(command);
      return reach(Point::end(Who::Berth), command);
    }
    int status = 0;
    REQUIRE(waitpid(info.si_pid, &status, __WALL) == info.si_pid);
    handle(info.si_pid, status);
  }
  FAIL_CHECK("a point of the schedule was not reached");
}

void Schedule::handle(pid_t pid, int status) {
  if (!WIFSTOPPED(status)) {
    traced_.erase(pid);
    early_.erase(pid);
    if (roles_.count(pid) != 0) reach(Point::end(roles_[pid]), pid);
    return;
  }
  if (traced_.count(pid) == 0) {
    early_.insert(pid);
    return;
  }
  const int event = status >> 16, signal = WSTOPSIG(status);
  if (signal == kSystemCallStop) {
    step(pid);
  } else if (event != 0) {
    meet(pid, event);
  } else {
    trace(PTRACE_SYSCALL, pid, signal);
  }
}

void Schedule::meet(pid_t pid, int event) {
  if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
    unsigned long born = 0;
    REQUIRE(ptrace(PTRACE_GETEVENTMSG, pid, nullptr, &born) == 0);
    const auto child = static_cast<pid_t>(born);
    const auto parent = roles_.find(pid);
    if (parent != roles_.end() && parent->second != Who::Grandchild) {
      const auto role = static_cast<Who>(static_cast<int>(parent->second) + 1);
      const bool is_first = std::none_of(roles_.begin(), roles_.end(),
                                         [&](const auto& one) { return one.second >= role; });
      if (is_first) roles_[child] = role;
    }
    traced_.try_emplace(child);
    if (early_.erase(child) != 0) trace(PTRACE_SYSCALL, child);
  }
  trace(PTRACE_SYSCALL, pid);
}

/// At the entry of a system call, or at its return.
void Schedule::step(pid_t pid) {
  Traced& process = traced_[pid];
  const auto role = roles_.find(pid);
  const __ptrace_syscall_info info = call_of(pid);
  Point::At at = Point::At::Return;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    at = Point::At::Entry;
    process.call = static_cast<long>(info.entry.nr);
    ++process.calls[process.call];
    process.answer = role == roles_.end() ? nullptr : due(role->second, process.call);
    if (process.answer != nullptr) set_register(pid, false, -1);
  } else if (Answer* answer = std::exchange(process.answer, nullptr)) {
    set_register(pid, true, answer->result);
    answer->is_given = true;
    if (ending_ != 0 && has_given_answers()) trace(PTRACE_SYSCALL, std::exchange(ending_, 0));
  }
  if (role != roles_.end()) {
    const int nth = process.calls[process.call];
    const Point point = {.who = role->second, .call = process.call, .at = at, .nth = nth};
    reach(point, pid);
    if (point == Point::entry(Who::Berth, SYS_exit_group) && !has_given_answers()) ending_ = pid;
  }
  if (!is_held(pid)) trace(PTRACE_SYSCALL, pid);
}

Schedule::Answer* Schedule::due(Who who, long call) {
  const auto found = std::find_if(answers_.begin(), answers_.end(), [&](const Answer& one) {
    return one.is_armed && !one.is_given && one.from.who == who && one.call == call;
  });
  return found == answers_.end() ? nullptr : &*found;
}

/// Holds the process that has come to a point where it is to wait, and frees those that waited for
/// it to come there.
void Schedule::reach(const Point& point, pid_t pid) {
  for (Answer& one : answers_) one.is_armed = one.is_armed || one.from == point;
  for (Kill& one : kills_) {
    if (one.is_done || one.point != point) continue;
    one.is_done = ::kill(pid, SIGKILL) == 0;
  }
  for (Hold& hold : holds_) {
    if (!hold.is_over && hold.until == point) {
      hold.is_over = true;
      if (hold.waiting != 0 && !is_held(hold.waiting)) trace(PTRACE_SYSCALL, hold.waiting);
    }
    if (hold.held != point) continue;
    hold.is_reached = true;  // on a busy machine it may come late enough by itself
    if (!hold.is_over) hold.waiting = pid;
  }
}

bool Schedule::has_given_answers() const {
  return std::all_of(answers_.begin(), answers_.end(),
                     [](const Answer& one) { return one.is_given; });
}

bool Schedule::is_held(pid_t pid) const {
  return pid == ending_ || std::any_of(holds_.begin(), holds_.end(), [&](const Hold& hold) {
           return !hold.is_over && hold.waiting == pid;
         });
}

void Schedule::let_go() {
  for (const auto& [pid, process] : traced_) {
    if (is_held(pid) || interrupt(pid)) trace(PTRACE_DETACH, pid);
  }
  for (const pid_t pid : early_) trace(PTRACE_DETACH, pid);
  traced_.clear();
}

}  // namespace berth::test
