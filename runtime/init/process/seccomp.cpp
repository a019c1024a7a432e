// Loads the seccomp filter that the host has made. If the filter has a listener (SCMP_ACT_NOTIFY),
// the host gets that before anything else happens.
//
// Once the filter is loaded, it may refuse any call of init, end init, or make it wait for an agent
// that does not have the listener yet. So another process hands the listener over. It shares init's
// descriptors and a page of memory, and has no filter; meanwhile init does nothing but read that
// page.
#include "runtime/init/process/seccomp.h"

#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

// The shared page is all that the two processes have in common.
template <class Number>
Number read_shared(const Number& word) {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}
template <class Number>
void write_shared(Number& word, Number value) {
  __atomic_store_n(&word, value, __ATOMIC_RELEASE);
}

/// Has the kernel write FUTEX_OWNER_DIED to the shared page when this process ends.
void announce_end(Shared& shared, robust_list_head& futexes) {
  futexes.list.next = &futexes.list;
  futexes.list_op_pending = &futexes.list;
  const auto address_of = [](const void* at) { return reinterpret_cast<std::intptr_t>(at); };
  futexes.futex_offset = address_of(&shared.other) - address_of(&futexes.list);
  // On failure init cannot see that this process was killed, and waits as long as berth does.
  (void)sys::call(SYS_set_robust_list, &futexes, sizeof futexes);
  write_shared(shared.other, static_cast<std::uint32_t>(getpid()));
}

/// Waits until the other process has announced its end, which it may not live to do.
void await_beginning(const Init& init, pid_t other) {
  while (read_shared(init.shared->other) == 0) {
    if (waitpid(other, nullptr, WNOHANG) != 0) report(init, Fault::SystemCall, EPIPE);
    sched_yield();
  }
}

/// Waits, without any system call, for what the other process says, or for its end. Returns
/// whether the host has the listener.
bool await_hand_over(const Shared& shared) {
  while (read_shared(shared.handed_over) == 0) {
    if ((read_shared(shared.other) & FUTEX_OWNER_DIED) != 0) break;
  }
  return read_shared(shared.handed_over) > 0;  // it may have said so right before its end
}

sock_fprog map_filter(const Init& init, int filter) {
  const struct stat status = status_of(init, filter);
  const auto size = static_cast<std::size_t>(status.st_size);
  void* instructions = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, filter, 0);
  if (instructions == MAP_FAILED) report(init, Fault::SystemCall, errno);
  close(filter);
  return {.len = static_cast<unsigned short>(size / sizeof(sock_filter)),
          .filter = static_cast<sock_filter*>(instructions)};
}

bool send_listener(const Init& init, int socket, int listener) {
  plan::Message message = message_of(init, plan::Word::Listener);
  return sys::send_descriptor(socket, &message, sizeof message, listener) >= 0;
}

/// Runs in the other process.
[[noreturn]] void hand_over(const Init& init, pid_t parent) {
  robust_list_head futexes;
  announce_end(*init.shared, futexes);
  sys::die_with(parent);
  (void)setsid();  // the caller's terminal does not stop it; fails for no new child
  // A program with CAP_SYS_PTRACE may find this process alive, and must not gain anything by it.
  const bool is_harmless = sys::set_capabilities(0, 0, 0) == 0;
  const int socket = init.start ? init.start.get() : init.talk;
  // This waits as long as seccomp(2) takes, which cannot wake the process. The death signal is sent
  // with init's rights, which may not reach this process any more. kill(2)
  int listener = 0;
  while ((listener = read_shared(init.shared->listener)) == 0) {
    if (getppid() != parent) _exit(1);
    sched_yield();
  }
  const bool has_it =
      is_harmless && listener > 0 && send_listener(init, socket, listener) && receive_go(socket);
  // The program may run before this process ends, and berth waits for the end of the connection.
  (void)sys::close_range(0, ~0U, CLOSE_RANGE_UNSHARE);  // else berth waits a moment longer
  write_shared(init.shared->handed_over, has_it ? 1 : -1);
  _exit(0);
}

/// Beyond WaitForStart init does not reap its children any more, so the kernel has to. execve(2)
/// restores the program's default; if that happens before the other process has ended, the program
/// finds a child that it did not start.
void let_kernel_reap(const Init& init) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  action.sa_flags = SA_NOCLDWAIT;
  check(init, sigaction(SIGCHLD, &action, nullptr));
}

pid_t start_other(Init& init) {
  map_shared(init);
  clone_args arguments = {};
  arguments.flags = CLONE_FILES;
  arguments.exit_signal = SIGCHLD;
  const pid_t self = getpid();
  const pid_t pid = check(init, sys::call(SYS_clone3, &arguments, sizeof arguments));
  if (pid == 0) hand_over(init, self);
  return pid;
}

int set_filter(const sock_fprog& program, std::uint64_t flags) {
  return sys::call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

void load_with_listener(Init& init, const sock_fprog& program, std::uint64_t flags) {
  if (init.start) let_kernel_reap(init);
  const pid_t other = init.other > 0 ? init.other : start_other(init);
  await_beginning(init, other);
  const int listener = set_filter(program, flags);
  const int error = errno;
  write_shared(init.shared->listener, listener >= 0 ? listener : -1);
  if (listener < 0) report(init, Fault::SystemCall, error);
  init.is_filtered = true;
  // The filter may not even allow sleeping.
  if (!await_hand_over(*init.shared)) __builtin_trap();  // any call might wait for the agent
  if (init.start) return;
  check(init, waitpid(other, nullptr, 0));
  close(listener);
}

}  // namespace

void run(Init& init, const plan::StartHandOver&) { init.other = start_other(init); }

void run(Init& init, const plan::LoadSeccomp& step) {
  constexpr std::uint64_t kOfListener = SECCOMP_FILTER_FLAG_NEW_LISTENER |
                                        SECCOMP_FILTER_FLAG_TSYNC_ESRCH |
                                        SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
  const sock_fprog program = map_filter(init, init.fd(step.filter));
  if (!init.start) map_shared(init);  // hooks may follow, under the filter
  // The agent is for the program. In a hook, calls that the agent would decide about fail with
  // ENOSYS.
  const std::uint64_t flags = init.is_hook ? step.flags.bits & ~kOfListener : step.flags.bits;
  if ((flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0) {
    load_with_listener(init, program, flags);
  } else {
    check(init, set_filter(program, flags));
    init.is_filtered = true;
  }
}

}  // namespace berth::init
