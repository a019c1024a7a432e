// A procfs shows the pid namespace of the process that calls fsopen(2), or since Linux 6.17 the one
// that its option `pidns` names. init is not in a pid namespace that is joined later, so on older
// kernels a helper with as few rights as possible enters it, and sends the context that it has
// opened.
#include "runtime/init/mounts/procfs.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/wait.h>

#include <array>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "which AUDIT_ARCH_*?"
#endif

/// The only calls of the helper once it can be seen in a pid namespace of other processes. It
/// enters by clone(2).
constexpr unsigned kCalls[] = {SYS_clone, SYS_fsopen, SYS_sendmsg, SYS_exit_group};

int forbid_other_calls() {
  constexpr auto kCount = static_cast<unsigned char>(std::size(kCalls));
  sock_filter program[kCount + 5] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 0, kCount + 1),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (unsigned char i = 0; i < kCount; ++i) {
    const auto to_the_end = static_cast<unsigned char>(kCount - i);
    program[3 + i] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kCalls[i], to_the_end, 0);
  }
  program[3 + kCount] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  program[4 + kCount] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog filter{.len = kCount + 5, .filter = program};
  if (sys::prctl(PR_SET_NO_NEW_PRIVS, 1) < 0) return -1;
  return sys::call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

/// fsopen(2) requires it.
constexpr std::uint64_t kMounting = std::uint64_t{1} << CAP_SYS_ADMIN;

/// Leaves the helper only an empty read-only directory as its root.
int enter_nothing() {
  const Fd context = sys::fsopen("tmpfs");
  const Fd nothing = sys::create_and_mount(
      context.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  return nothing && fchdir(nothing.get()) == 0 && chroot(".") == 0 ? 0 : -1;
}

[[noreturn]] void end(bool failed) {
  sys::call(SYS_exit_group, failed ? errno : 0);
  __builtin_trap();
}

/// Runs in the helper, before it enters the namespace; its status is its errno. init reaps the
/// helper and its child.
[[noreturn]] void send_procfs(int pid_namespace, int socket, pid_t parent) {
  sys::die_with(parent);
  if (enter_nothing() < 0 || setns(pid_namespace, CLONE_NEWPID) < 0 || dup2(socket, 0) < 0 ||
      sys::close_range(1, ~0U, 0) < 0 || sys::set_capabilities(kMounting, kMounting, 0) < 0 ||
      forbid_other_calls() < 0) {
    end(true);
  }
  const int child = sys::call(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  if (child != 0) end(child < 0);
  const int context = sys::call(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
  char word = 0;
  end(context < 0 || sys::send_descriptor(0, &word, sizeof word, context) < 0);
}

/// The first error of the helper and its child, or 0.
int error_of_helper(const Init& init) {
  int error = 0, status = 0;
  while (waitpid(-1, &status, 0) > 0) {
    if (error == 0) error = WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
  }
  if (errno != ECHILD) report(init, Fault::SystemCall, errno, "proc");
  return error;
}

Fd ask_helper(const Init& init, int pid_namespace) {
  int ends[2] = {};
  check(init, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "proc");
  const Fd socket(ends[0]);
  Fd far_end(ends[1]);
  const pid_t self = getpid();
  const pid_t helper = check(init, sys::call(SYS_clone, SIGCHLD, 0, 0, 0, 0), "proc");
  if (helper == 0) send_procfs(pid_namespace, far_end.get(), self);
  far_end.reset();
  Fd context(sys::receive_descriptor(socket.get()));
  const int error = error_of_helper(init);
  if (!context) report(init, Fault::SystemCall, error == 0 ? EPROTO : error, "proc");
  return context;
}

/// Copies the caller's /proc, which init still sees: nothing of the container is mounted yet, and
/// no path leads to the copy. init reaches nothing that is mounted over parts of it (kStrictly).
Fd copy_of_callers_proc() {
  const Fd proc = sys::openat2(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
  if (!proc) return Fd();
  // The kernel copies a mount of a more privileged namespace only with what is mounted on it.
  Fd copy = sys::open_tree_clone(proc.get(), AT_RECURSIVE);
  if (copy && !is_proc_root(copy.get())) {
    errno = EPERM;
    return Fd();
  }
  return copy;
}

}  // namespace

Fd new_procfs(const Init& init) {
  Fd context = check(init, sys::fsopen("proc"), "proc");
  const int joined = init.pid_namespace();
  if (joined < 0) return context;
  if (sys::call(SYS_fsconfig, context.get(), FSCONFIG_SET_FD, "pidns", 0, joined) == 0) {
    return context;
  }
  if (errno != EINVAL) report(init, Fault::SystemCall, errno, "proc");
  return ask_helper(init, joined);
}

void run(Init& init, const plan::OpenProc& step) {
  if (step.of_host != plan::kNoSlot) {
    init.proc = check(init, sys::duplicate(init.fd(step.of_host)), "proc");
    return;
  }
  const Fd context = check(init, sys::fsopen("proc"), "proc");
  constexpr std::uint64_t kAttributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  init.proc = sys::create_and_mount(context.get(), kAttributes);
  if (!init.proc && errno == EPERM && init.pid_namespace() >= 0) {
    // The pid namespace that init is still in belongs to the host. The joined one belongs to the
    // joined user namespace as well.
    init.proc = sys::create_and_mount(new_procfs(init).get(), kAttributes);
  }
  // A user who keeps the host's pid namespace, or whose /proc is covered in part, cannot make one.
  if (!init.proc && errno == EPERM) init.proc = copy_of_callers_proc();
  check(init, init.proc.get(), "proc");
}

void run(Init& init, const plan::CloseProc&) { init.proc.reset(); }

}  // namespace berth::init
