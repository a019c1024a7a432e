#include "tests/faults/tracer.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "tests/faults/tracee.h"

namespace berth::faults {

namespace {

using std::chrono::steady_clock;

sigset_t child_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  return set;
}

/// A stop or an end of a tracee; false at the deadline.
bool wait_for_change(steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
  if (left.count() <= 0) return false;
  const sigset_t set = child_signal();
  const timespec time{.tv_sec = left.count() / 1000, .tv_nsec = left.count() % 1000 * 1000000};
  return sigtimedwait(&set, nullptr, &time) > 0;
}

/// The first line of what /proc says of it.
std::string word_of(pid_t pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
  std::string line;
  std::getline(file, line);
  return line;
}

[[noreturn]] void become(const std::vector<std::string>& command, int gate) {
  // Until the tracer is ready.
  char byte = 0;
  if (read(gate, &byte, 1) != 1) _exit(126);
  const sigset_t set = child_signal();
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  std::perror(argv[0]);
  _exit(127);
}

}  // namespace

Tracer::Tracer(Fault fault, std::chrono::milliseconds patience)
    : fault_(std::move(fault)), deadline_(steady_clock::now() + patience) {
  const sigset_t set = child_signal();
  sigprocmask(SIG_BLOCK, &set, nullptr);
}

void Tracer::attach(pid_t pid) {
  if (!seize(pid)) {
    std::perror("PTRACE_SEIZE");
    std::exit(2);
  }
  tracees_.emplace(pid, true);
  interrupt(pid);
  while (tracees_.at(pid) && wait_for_change(deadline_)) {
    int status = 0;
    if (waitpid(pid, &status, __WALL | WNOHANG) == pid) on_change(pid, status);
    if (tracees_.count(pid) == 0) return;
  }
}

void Tracer::start(const std::vector<std::string>& command) {
  std::array<int, 2> gate{};
  if (pipe(gate.data()) != 0) std::exit(2);
  main_ = fork();
  if (main_ == 0) {
    close(gate[1]);
    become(command, gate[0]);
  }
  close(gate[0]);
  tracees_.emplace(main_, false);
  if (!seize(main_) || write(gate[1], "", 1) != 1) {
    std::perror("PTRACE_SEIZE");
    std::exit(2);
  }
  close(gate[1]);
}

Report Tracer::run(const std::vector<std::string>& command) {
  start(command);
  wait_for_end();
  return std::move(report_);
}

void Tracer::wait_for_end() {
  // Who was killed with the tree is gone before anybody looks at what is left.
  while (!main_ended_ || (tree_is_killed_ && !tracees_.empty())) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, __WALL | WNOHANG);
    if (pid > 0) {
      on_change(pid, status);
    } else if (pid < 0) {
      return;
    } else if (!wait_for_change(deadline_)) {
      return give_up();
    }
  }
}

void Tracer::give_up() {
  if (main_ended_) return;
  report_.was_late = true;
  report_.waits_in = word_of(main_, "syscall");
  kill(main_, SIGKILL);
  while (waitpid(main_, &report_.status, __WALL) == main_ && WIFSTOPPED(report_.status)) {
  }
}

void Tracer::on_change(pid_t pid, int status) {
  if (!WIFSTOPPED(status)) return on_end(pid, status);
  if (tree_is_killed_) return kill_all();
  tracees_.try_emplace(pid, true);
  on_stop(pid, status);
}

void Tracer::on_end(pid_t pid, int status) {
  tracees_.erase(pid);
  if (pid != main_) return;
  report_.status = status;
  main_ended_ = true;
}

void Tracer::on_stop(pid_t pid, int status) {
  const int signal = WSTOPSIG(status), event = status >> 16;
  if (event != 0) return on_event(pid, event, signal);
  if (signal != (SIGTRAP | 0x80)) return resume(pid, signal);
  on_call(pid);
}

void Tracer::on_event(pid_t pid, int event, int signal) {
  tracees_[pid] = false;
  if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) return stay_stopped(pid);
  if (event == PTRACE_EVENT_EXEC) {
    main_runs_ = main_runs_ || pid == main_;
    if (pid != main_ && !runs_runtime(pid)) {
      tracees_.erase(pid);
      return let_go(pid, 0);
    }
  }
  resume(pid, 0);
}

bool Tracer::counts(pid_t pid, const std::string& call) const {
  if (report_.was_hit || !main_runs_) return false;
  if (fault_.process == Process::Main && pid != main_) return false;
  if (fault_.process == Process::Init && pid == main_) return false;
  return fault_.deed != Deed::Fail || error_of(fault_, call) != 0;
}

void Tracer::on_call(pid_t pid) {
  const auto call = call_begun(pid);
  if (call && counts(pid, call->name) && ++report_.calls == fault_.at) {
    report_.was_hit = true;
    report_.call = call->name;
    report_.subject = subject_of(pid, *call);
    report_.process = word_of(pid, "comm");
    do_it(pid, call->name);
  }
  resume(pid, 0);
}

void Tracer::do_it(pid_t pid, const std::string& call) {
  switch (fault_.deed) {
    case Deed::Count:
      break;
    case Deed::KillProcess:
      kill(pid, SIGKILL);
      break;
    case Deed::KillTree:
      tree_is_killed_ = true;
      kill_all();
      break;
    case Deed::Fail:
      fail_call(pid, error_of(fault_, call));
      break;
  }
}

/// After the fault nobody needs to be traced any more, and untraced it is quicker.
void Tracer::resume(pid_t pid, int signal) {
  if (!report_.was_hit || fault_.deed == Deed::Count) return go_on(pid, signal);
  if (tree_is_killed_) return;
  if (pid != main_) tracees_.erase(pid);
  let_go(pid, signal);
}

void Tracer::kill_all() {
  for (const auto& [pid, is_new] : tracees_) kill(pid, SIGKILL);
}

}  // namespace berth::faults
