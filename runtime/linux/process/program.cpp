#include "runtime/linux/process/program.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string_view>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/process/clone.h"

namespace berth::sys {

namespace {

/// The call that failed in the child, which writes this into the shared memory and exits.
struct Failure {
  const char* call = nullptr;
  const char* subject = nullptr;
  int number = 0;
};

/// What the child needs is prepared before the clone, because the child may only make
/// async-signal-safe calls: it must not allocate or throw.
struct CommandStart {
  const Command& command;
  char* const* arguments;
  char* const* environment;
  int input;
  int output;
  pid_t parent;
  Failure failure;
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  // execve(2) takes pointers to non-const for historical reasons and does not write through them.
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void give_up(Failure& failure, const char* call, const char* subject) {
  constexpr int kCannotExecute = 127;
  failure = {.call = call, .subject = subject, .number = errno};
  ::_exit(kCannotExecute);
}

/// execve resets handlers, but ignored signals stay ignored and blocked ones stay blocked.
void reset_signals() {
  constexpr int kLastSignal = 64;
  constexpr std::size_t kSetSize = 8;  // bytes of the kernel's sigset_t
  static constexpr std::array<std::uint64_t, 8> kDefault =
      {};  // no smaller than the kernel's sigaction
  for (int number = 1; number <= kLastSignal; ++number) {
    if (number == SIGKILL || number == SIGSTOP) continue;  // cannot be changed
    // sigaction(3) refuses the two signals that glibc reserves.
    (void)::syscall(SYS_rt_sigaction, number, kDefault.data(), nullptr, kSetSize);
  }
  (void)::syscall(SYS_rt_sigprocmask, SIG_SETMASK, kDefault.data(), nullptr, kSetSize);
}

/// The kernel kills the child when berth dies, so that nothing of a killed create goes on.
void die_with(pid_t parent, Failure& failure) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) {
    give_up(failure, "prctl", "PR_SET_PDEATHSIG");
  }
  // A parent that died before the prctl no longer causes a signal.
  if (::getppid() != parent) ::_exit(0);
}

void run_command(void* argument) {
  CommandStart& start = *static_cast<CommandStart*>(argument);
  const char* const path = start.command.path.c_str();
  const char* const directory = start.command.directory.c_str();
  die_with(start.parent, start.failure);
  (void)::setsid();  // it fails for group leaders only, and a new child is not one
  if (::dup2(start.input, 0) < 0 || ::dup2(start.output, 1) < 0 || ::dup2(start.output, 2) < 0) {
    give_up(start.failure, "dup2", path);
  }
  if (close_range(3, ~0U, 0) < 0) give_up(start.failure, "close_range", path);
  if (::chdir(directory) < 0) {
    const bool is_missing = errno == ENOENT || errno == ENOTDIR;
    if (!is_missing || ::chdir("/") < 0) give_up(start.failure, "chdir", directory);
  }
  reset_signals();
  (void)::execve(path, start.arguments, start.environment);
  give_up(start.failure, "execve", path);
}

ChildProcess owned(ClonedChild child) { return {child.pid, Pidfd(std::move(child.handle))}; }

void check_executed(const Failure& failure) {
  if (failure.call == nullptr) return;
  const SystemError error(failure.call, failure.subject, failure.number);
  const bool is_of_file = failure.number == ENOENT && std::string_view(failure.call) == "execve";
  if (!is_of_file || ::faccessat(AT_FDCWD, failure.subject, F_OK, 0) != 0) throw error;
  // The errno is about a file that this one names.
  fail(error.kind(), error.message() + ": the file is there, its interpreter or loader is not");
}

}  // namespace

const Pidfd& ChildProcess::handle() const {
  if (!handle_) handle_ = Pidfd::open_child(pid_);
  return *handle_;
}

ChildProcess::~ChildProcess() {
  if (pid_ == 0) return;
  // The pid of an unreaped child cannot be reused. A refusal means that the child has ended.
  (void)::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ChildProcess::kill_group() const {
  if (::kill(-pid_, SIGKILL) < 0 && errno != ESRCH) {
    fail_errno("kill", "process group " + std::to_string(pid_));
  }
}

/// As CommandStart, but berth runs on meanwhile and shares errno with the child. So the child makes
/// no call that may fail, except for those that end the start.
struct SealedProgram::Start {
  int program;
  int cgroup;
  std::vector<std::string> arguments;
  std::vector<char*> pointers;
  std::vector<int> inherited;
  pid_t parent;
  Failure failure;
  std::unique_ptr<char[]> stack;

  static void run(void* argument);
};

void SealedProgram::Start::run(void* argument) {
  Start& start = *static_cast<Start*>(argument);
  char* const no_environment[] = {nullptr};
  die_with(start.parent, start.failure);
  for (const int fd : start.inherited) {
    if (::fcntl(fd, F_SETFD, 0) < 0) give_up(start.failure, "fcntl", "F_SETFD");
  }
  reset_signals();
  (void)::syscall(SYS_execveat, start.program, "", start.pointers.data(), no_environment,
                  AT_EMPTY_PATH);
  give_up(start.failure, "execveat", start.pointers[0]);
}

ChildProcess SealedProgram::begin(Start& start) {
  start.pointers = pointers_to(start.arguments);
  return owned(
      clone_child(Start::run, &start, start.stack.get(), 0, start.cgroup, start.pointers[0]));
}

SealedProgram::SealedProgram(const Fd& program, const std::vector<std::string>& arguments,
                             const std::vector<int>& inherited, int cgroup)
    : start_(new Start{.program = program.get(),
                       .cgroup = cgroup,
                       .arguments = arguments,
                       .pointers = {},
                       .inherited = inherited,
                       .parent = ::getpid(),
                       .failure = {},
                       .stack = std::unique_ptr<char[]>(new char[kCloneStack])}),
      process_(begin(*start_)) {}

SealedProgram::SealedProgram(SealedProgram&&) noexcept = default;

SealedProgram::~SealedProgram() = default;

int SealedProgram::reap() {
  const int status = process_.reap();
  check_executed(start_->failure);
  return status;
}

ChildProcess SealedProgram::take_process() {
  if (start_->failure.call != nullptr) (void)reap();  // throws
  return std::move(process_);
}

std::string find_program(const std::string& name) {
  for (const char* directory :
       {"/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/", "/run/wrappers/bin/"}) {
    std::string path = directory + name;
    if (inode_if_exists(path)) return path;
  }
  return {};
}

ChildProcess spawn_command(const Command& command, const Fd& input, const Fd& output) {
  assert(input.get() > STDERR_FILENO && output.get() > STDERR_FILENO);
  const std::vector<char*> arguments = pointers_to(command.arguments);
  const std::vector<char*> environment = pointers_to(command.environment);
  CommandStart start = {.command = command,
                        .arguments = arguments.data(),
                        .environment = environment.data(),
                        .input = input.get(),
                        .output = output.get(),
                        .parent = ::getpid(),
                        .failure = {}};
  const std::unique_ptr<char[]> stack(new char[kCloneStack]);
  // With CLONE_VFORK this returns after the child's execve or exit.
  ChildProcess child =
      owned(clone_child(run_command, &start, stack.get(), CLONE_VFORK, -1, command.path.c_str()));
  if (start.failure.call != nullptr) (void)child.reap();
  check_executed(start.failure);
  return child;
}

}  // namespace berth::sys
