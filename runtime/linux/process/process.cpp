#include "runtime/linux/process/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <string_view>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/streams/poll.h"

namespace berth::sys {

namespace {

// <sys/pidfd.h> of glibc 2.36 cannot be included from C++.
int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

/// The format is `pid (comm) state ppid …`, where the command may contain spaces and parentheses.
std::optional<ProcessStat> parse_stat(std::string_view line) {
  // These are the field numbers of proc_pid_stat(5); the state is field 3.
  constexpr int kParent = 4, kFlags = 9, kThreads = 20, kStartTime = 22, kPending = 31;
  constexpr std::uint64_t kExiting = 0x4, kSignaled = 0x400;  // PF_* of the kernel's sched.h
  constexpr std::uint64_t kKilled = std::uint64_t{1} << (SIGKILL - 1);
  const std::size_t open = line.find('('), close = line.rfind(')');
  if (open == line.npos || close == line.npos || close + 2 >= line.size()) return std::nullopt;
  ProcessStat stat;
  std::uint64_t flags = 0;
  stat.comm = line.substr(open + 1, close - open - 1);
  stat.state = line[close + 2];
  std::size_t at = close + 2;
  for (int field = 4; field <= kPending; ++field) {
    at = line.find(' ', at);
    if (at == line.npos) return std::nullopt;
    ++at;
    constexpr int kUsed[] = {kParent, kFlags, kThreads, kStartTime, kPending};
    if (std::find(std::begin(kUsed), std::end(kUsed), field) == std::end(kUsed)) continue;
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(line.data() + at, line.data() + line.size(), number);
    if (parsed.ec != std::errc()) return std::nullopt;
    if (field == kParent) stat.parent = static_cast<pid_t>(number);
    if (field == kFlags) flags = number;
    if (field == kThreads) stat.threads = number;
    if (field == kStartTime) stat.start_time = number;
    if (field == kPending) stat.is_killed = (number & kKilled) != 0;
  }
  // These are of the first thread. A signal that ends it ends all, unless another one executes a
  // program.
  stat.is_exiting = (flags & kSignaled) != 0 || ((flags & kExiting) != 0 && stat.threads <= 1);
  return stat;
}

std::uint64_t inode_in(const Dir& namespaces, const char* name) {
  struct stat status = {};
  if (::fstatat(namespaces.fd.get(), name, &status, 0) == 0) return status.st_ino;
  if (errno == ENOENT || errno == ESRCH || errno == EACCES || errno == EPERM) return 0;
  fail_errno("stat", namespaces.path_of(name));
}

/// Fails unless /proc shows berth's own pid namespace: otherwise a pid would lead to another
/// process. `list` asks about many processes, and a look is enough: berth enters no other pid
/// namespace and mounts no other /proc.
void check_proc() {
  static pid_t checked = 0;  // a fork looks again
  const pid_t own = ::getpid();
  if (checked == own) return;
  std::array<char, 16> link = {};
  const ssize_t size = ::readlink("/proc/self", link.data(), link.size());
  const std::string_view text(link.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (text == std::to_string(own)) {
    checked = own;
    return;
  }
  fail(ErrorKind::System, "/proc does not show the processes of this pid namespace", {},
       "mount a procfs of it on /proc");
}

Exit exit_of(const siginfo_t& info) {
  return info.si_code == CLD_EXITED ? Exit{.code = info.si_status} : Exit{.signal = info.si_status};
}

}  // namespace

std::string proc_path(pid_t pid, const std::string& entry) {
  return "/proc/" + std::to_string(pid) + "/" + entry;
}

std::optional<ProcessStat> read_process_stat(pid_t pid) {
  check_proc();
  const std::string path = proc_path(pid, "stat");
  const auto line = read_once_if_exists(path);
  if (!line) return std::nullopt;
  auto stat = parse_stat(*line);
  if (!stat) fail(ErrorKind::System, "'" + path + "' is not what proc_pid_stat(5) describes");
  return stat;
}

std::optional<FileIdentity> executable_of(pid_t pid) {
  struct stat status = {};
  const std::string path = proc_path(pid, "exe");
  if (::stat(path.c_str(), &status) == 0) {
    return FileIdentity{.device = status.st_dev, .inode = status.st_ino};
  }
  if (errno == ENOENT || errno == ESRCH || errno == EACCES || errno == EPERM) return std::nullopt;
  fail_errno("stat", path);
}

std::optional<Pidfd> Pidfd::open_if_alive(pid_t pid, std::uint64_t start_time,
                                          std::uint64_t number) {
  if (pid <= 0) return std::nullopt;
  check_proc();  // the caller takes what /proc has of the pid for the process's
  Fd fd(open_pidfd(pid));
  const int error = fd ? 0 : errno;
  // EINVAL and ENOENT mean that the number now belongs to a thread.
  if (error == ESRCH || error == EINVAL || error == ENOENT) return std::nullopt;
  // The comparison comes after the open: it sees the process of the pidfd, or a later one with the
  // pid.
  const auto stat =
      start_time != 0 || number == 0 ? read_process_stat(pid) : std::optional<ProcessStat>();
  const bool shows_time = stat && start_time != 0;
  if (!shows_time && number == 0) return std::nullopt;
  if (stat && stat->is_dead()) return std::nullopt;
  if (shows_time && stat->start_time != start_time) return std::nullopt;
  if (!fd) throw SystemError("pidfd_open", std::to_string(pid), error);
  Pidfd process(std::move(fd));
  // Two processes may start in one tick of the clock, which is 10 ms long.
  if (number != 0 && process.inode() != number) return std::nullopt;
  if (process.wait_for_exit(0)) return std::nullopt;
  return process;
}

std::uint64_t Pidfd::inode() const {
  constexpr long kPidFileSystem = 0x50494446;  // PID_FS_MAGIC, newer than the headers
  struct statfs system = {};
  struct stat status = {};
  if (::fstatfs(fd_.get(), &system) < 0 || ::fstat(fd_.get(), &status) < 0) {
    fail_errno("stat", "a pidfd");
  }
  return static_cast<long>(system.f_type) == kPidFileSystem ? status.st_ino : 0;
}

std::uint64_t pidfd_inode_of(pid_t pid) {
  Fd fd(open_pidfd(pid));
  return fd ? Pidfd(std::move(fd)).inode() : 0;
}

Pidfd Pidfd::open_child(pid_t pid) {
  Fd fd(open_pidfd(pid));
  if (!fd) fail_errno("pidfd_open", std::to_string(pid));
  return Pidfd(std::move(fd));
}

bool Pidfd::signal(int number) const {
  // The kernel also accepts signals for a zombie.
  if (wait_for_exit(0)) return false;
  if (::syscall(SYS_pidfd_send_signal, fd_.get(), number, nullptr, 0) == 0) return true;
  if (errno == ESRCH) return false;
  fail_errno("pidfd_send_signal", std::to_string(number));
}

bool Pidfd::wait_for_exit(int milliseconds) const {
  return wait_for({.fd = fd_.get()}, milliseconds);
}

std::array<NamespaceInode, 8> read_namespace_inodes(pid_t pid) {
  std::array<NamespaceInode, 8> inodes = {
      {{"ipc"}, {"mnt"}, {"net"}, {"pid"}, {"user"}, {"uts"}, {"cgroup"}, {"time"}}};
  const NamespacesOf namespaces(pid);
  for (NamespaceInode& one : inodes) one.inode = namespaces.inode(one.name);
  return inodes;
}

NamespacesOf::NamespacesOf(pid_t pid) : dir_(open_dir_if_exists(proc_path(pid, "ns"))) {}

std::uint64_t NamespacesOf::inode(const char* name) const {
  return dir_ ? inode_in(*dir_, name) : 0;
}

Exit reap_exit(pid_t pid) {
  siginfo_t info = {};
  if (retry_on_eintr([&] { return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED); }) < 0) {
    fail_errno("waitid", std::to_string(pid));
  }
  return exit_of(info);
}

std::optional<Reaped> reap_any_if_ended() {
  siginfo_t info = {};
  if (retry_on_eintr([&] { return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG); }) < 0) {
    if (errno == ECHILD) return std::nullopt;
    fail_errno("waitid", "any child");
  }
  if (info.si_pid == 0) return std::nullopt;
  return Reaped{.pid = info.si_pid, .status = exit_of(info).status()};
}

}  // namespace berth::sys
