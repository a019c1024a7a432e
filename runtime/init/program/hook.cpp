// Runs hooks in the container's namespaces. config.md, "POSIX-platform Hooks"
#include "runtime/init/program/hook.h"

#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/base/text.h"
#include "runtime/init/process/credentials.h"
#include "runtime/init/process/limits.h"
#include "runtime/init/process/seccomp.h"
#include "runtime/init/program/examine.h"
#include "runtime/init/program/program.h"

namespace berth::init {

namespace {

/// The end of a hook's output: as much as a report holds.
class Tail {
 public:
  void add(const char* bytes, std::size_t count) {
    if (count > kRoom) {
      bytes += count - kRoom;
      count = kRoom;
    }
    const std::size_t kept = size_ + count > kRoom ? kRoom - count : size_;
    memmove(text_, text_ + size_ - kept, kept);
    memcpy(text_ + kept, bytes, count);
    size_ = kept + count;
  }
  const char* get() {
    while (size_ > 0 && text_[size_ - 1] == '\n') --size_;
    text_[size_] = '\0';
    return text_;
  }

 private:
  static constexpr std::size_t kRoom = sizeof plan::Message::detail - 1;
  std::size_t size_ = 0;
  char text_[kRoom + 1];
};

void write_all(const Init& init, int fd, const char* text, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(fd, text, size);
    if (written < 0) report(init, Fault::SystemCall, errno);
    text += written;
    size -= static_cast<std::size_t>(written);
  }
}

/// If `vm.memfd_noexec` is 2, no other memfd can be made; kernels before 6.3 do not know the flag.
Fd new_memfd(const char* name) {
  constexpr unsigned kNotExecutable = 0x8;  // MFD_NOEXEC_SEAL
  Fd file(memfd_create(name, MFD_CLOEXEC | kNotExecutable));
  return file || errno != EINVAL ? static_cast<Fd&&>(file) : Fd(memfd_create(name, MFD_CLOEXEC));
}

/// Writes the state with init's pid to a file: a hook that does not read it blocks nothing.
Fd make_state(const Init& init, const plan::RunHook& step) {
  const char* state = init.text(step.state);
  const std::size_t before_pid = step.pid_place;
  Text pid;
  pid.add(static_cast<unsigned>(getpid()));
  Fd file = check(init, new_memfd("state"));
  write_all(init, file.get(), state, before_pid);
  write_all(init, file.get(), pid.get(), pid.size());
  write_all(init, file.get(), state + before_pid, strlen(state + before_pid));
  check(init, static_cast<int>(lseek(file.get(), 0, SEEK_SET)));
  return file;
}

/// Runs the next step, if it is one of these.
template <plan::StepType... T>
void run_if(Init& init) {
  const Step& step = init.steps[init.index];
  ((step.is<T>() ? run(init, step.as<T>()) : void()), ...);
}

/// Applies the limits, capabilities and filter that the program still has to get: a startContainer
/// hook is a program of the image as well, and the processes that it leaves behind live as long.
void confine(Init& init) {
  while (!init.steps[++init.index].is<plan::Execute>()) {
    run_if<plan::AllowCores, plan::SetRlimit, plan::SetCapabilities, plan::LoadSeccomp>(init);
  }
}

[[noreturn]] void become_hook(Init& init, pid_t parent, const char* path, const Vectors& vectors,
                              int state, int output) {
  init.is_hook = true;
  const std::uint32_t own = init.index;
  sys::die_with(parent);
  (void)setsid();  // fails for group leaders only, and a new child is not one
  umask(init.umask);
  check(init, dup2(state, 0));
  check(init, dup2(output, 1));
  check(init, dup2(output, 2));
  const bool is_started = init.talk < 0;
  // A createContainer hook begins in the container's root, as with runc.
  if (!is_started && init.root) check(init, fchdir(init.root.get()));
  check(init, sys::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC));
  if (is_started) {
    confine(init);
  } else {
    run(init, plan::AllowCores{});
  }
  init.index = own;
  sys::call(SYS_execve, path, vectors.arguments, vectors.variables);
  report(init, Fault::SystemCall, errno);
}

/// The hook's process has not executed it: names the cause, or the property that was being set.
[[noreturn]] void report_start(const Init& init, const char* path) {
  const Shared& shared = *init.shared;
  if (shared.hook_step != init.index) {
    const plan::Text origin = init.steps[shared.hook_step].origin;
    report(init, Fault::SystemCall, shared.hook_error, nullptr, init.text(origin));
  }
  Finding finding;
  if (!init.is_filtered) find_cause(finding, path, shared.hook_error);
  report(init, finding, shared.hook_error);
}

/// The filter may be in force already, and refuse the call where the vDSO cannot read the clock by
/// itself. Without a clock there is no timeout, so that is an error.
std::int64_t milliseconds(const Init& init) {
  timespec time = {};
  check(init, clock_gettime(CLOCK_MONOTONIC, &time));
  return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

/// How long poll(2) may wait until `deadline`; 0 means that there is none.
int time_left(const Init& init, std::int64_t deadline) {
  if (deadline == 0) return -1;
  const std::int64_t left = deadline - milliseconds(init);
  return left < 0 ? 0 : left > INT_MAX ? INT_MAX : static_cast<int>(left);
}

/// Reads what the pipe has now; false at the end of file.
bool drain(int output, Tail& tail) {
  char bytes[4096];
  const ssize_t size = read(output, bytes, sizeof bytes);
  if (size > 0) tail.add(bytes, static_cast<std::size_t>(size));
  return size > 0;
}

/// Reads as much as a pipe can hold, and no more: a process that the hook left behind may write
/// forever.
void drain_rest(pollfd& output, Tail& tail) {
  constexpr int kReads = 16;
  for (int reads = 0; reads < kReads && poll(&output, 1, 0) > 0; ++reads) {
    if (!drain(output.fd, tail)) return;
  }
}

/// Waits until the hook has ended, even if other processes still hold its output. False: it has not
/// ended in time.
bool wait_for_hook(const Init& init, int hook, int output, std::int64_t deadline, Tail& tail) {
  pollfd files[] = {{.fd = hook, .events = POLLIN, .revents = 0},
                    {.fd = output, .events = POLLIN, .revents = 0}};
  while (true) {
    check(init, poll(files, 2, time_left(init, deadline)));
    if (files[1].revents != 0 && !drain(output, tail)) files[1].fd = -1;
    if (files[0].revents != 0) {
      drain_rest(files[1], tail);
      return true;
    }
    if (time_left(init, deadline) == 0) return false;
  }
}

}  // namespace

void run(Init& init, const plan::RunHook& step) {
  const char* path = init.text(step.path);
  const Vectors vectors = make_vectors(init, step.path, step.arguments, step.variables);
  const Fd state = make_state(init, step);
  int ends[2] = {};
  check(init, sys::call(SYS_pipe2, ends, O_CLOEXEC));
  const Fd output(ends[0]);
  Fd input(ends[1]);

  map_shared(init);
  init.shared->hook_error = 0;
  int handle = -1;
  const pid_t self = getpid();
  const pid_t pid = check(init, sys::fork(handle));
  if (pid == 0) become_hook(init, self, path, vectors, state.get(), input.get());
  const Fd hook(handle);
  input.reset();
  const std::int64_t deadline =
      step.timeout.count == 0 ? 0
                              : milliseconds(init) + static_cast<std::int64_t>(step.timeout.count);
  Tail tail;
  const bool ended = wait_for_hook(init, hook.get(), output.get(), deadline, tail);
  if (!ended) {
    kill(-pid, SIGKILL);
    sys::call(SYS_pidfd_send_signal, hook.get(), SIGKILL, 0, 0);
  }
  int status = 0;
  check(init, waitpid(pid, &status, 0));
  if (!ended) report(init, Fault::TimedOut, 0, nullptr, tail.get());
  if (init.shared->hook_error != 0) report_start(init, path);
  if (status != 0) report(init, Fault::ExitStatus, status, nullptr, tail.get());
}

}  // namespace berth::init
