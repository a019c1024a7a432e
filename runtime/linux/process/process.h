// Processes: identity, signals through a pidfd, waiting. A pid alone does not identify a process,
// so the pidfd is opened first and the start time is compared afterwards.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/files/file_facts.h"

namespace berth::sys {

std::string proc_path(pid_t pid, const std::string& entry);

/// The fields of /proc/PID/stat that berth uses. proc_pid_stat(5)
struct ProcessStat {
  std::string comm;
  char state = '?';              ///< R S D T Z X …
  pid_t parent = 0;              ///< 0: outside of berth's pid namespace
  bool is_exiting = false;       ///< the kernel is ending it, with all of its threads
  bool is_killed = false;        ///< a SIGKILL is pending
  std::uint64_t start_time = 0;  ///< clock ticks after boot
  /// A process whose first thread has ended by itself looks like a zombie, but has others.
  std::uint64_t threads = 1;

  bool is_dead() const { return (state == 'Z' || state == 'X') && threads <= 1; }
  /// Whether a signal such as SIGSTOP has stopped it.
  bool is_stopped() const { return state == 'T'; }
};

/// Returns nothing if there is no such process. Throws a System error if /proc belongs to another
/// pid namespace, where the pid would be that of another process.
std::optional<ProcessStat> read_process_stat(pid_t pid);

/// The file that a process executes; nothing if the process is ending or not visible to berth.
std::optional<FileIdentity> executable_of(pid_t pid);

/// A descriptor that refers to one process for as long as it is open. pidfd_open(2)
class Pidfd {
 public:
  explicit Pidfd(Fd fd) : fd_(std::move(fd)) {}

  /// Opens the process unless it has ended (a zombie counts as ended) or is not the one that
  /// started at `start_time`, in clock ticks, and whose pidfd has the inode `number`. If the start
  /// time is not known (0), or /proc hides it (hidepid=invisible), the inode alone decides; an
  /// inode of 0 is not known (before Linux 6.9).
  static std::optional<Pidfd> open_if_alive(pid_t pid, std::uint64_t start_time,
                                            std::uint64_t number = 0);
  /// Opens an unreaped child of berth, whose pid cannot be reused.
  static Pidfd open_child(pid_t pid);

  /// Returns false if the process has ended.
  bool signal(int number) const;
  /// Returns false if the process still runs at the deadline. A negative number means no deadline.
  bool wait_for_exit(int milliseconds) const;
  const Fd& fd() const { return fd_; }
  Fd take_fd() { return std::move(fd_); }

  /// The inode of the pidfd, which the kernel gives to one process only. 0 before Linux 6.9, where
  /// all pidfds share an inode.
  std::uint64_t inode() const;

 private:
  Fd fd_;
};
/// Pidfd::inode() of a process; 0 also if it has ended.
std::uint64_t pidfd_inode_of(pid_t pid);

/// The inodes of /proc/PID/ns, by the kernel's names: ipc mnt net pid user uts cgroup time. An
/// inode is 0 if the kernel lacks that type, or hides it from an unprivileged caller because the
/// process is not dumpable. proc_pid_ns(5)
struct NamespaceInode {
  const char* name;
  std::uint64_t inode = 0;
};
std::array<NamespaceInode, 8> read_namespace_inodes(pid_t pid);
/// Some of them, by their names.
class NamespacesOf {
 public:
  explicit NamespacesOf(pid_t pid);
  std::uint64_t inode(const char* name) const;

 private:
  std::optional<Dir> dir_;  ///< empty: the process has ended, or /proc hides it
};

/// How a child ended.
struct Exit {
  int code = 0;
  int signal = 0;  ///< if not 0, the process was killed by it and has no exit code

  /// The status as a shell reports it: the exit code, or 128 + signal.
  int status() const { return signal == 0 ? code : 128 + signal; }
};
/// Waits for a child of berth. waitid(2)
Exit reap_exit(pid_t pid);
/// A child that has ended. reap_any_if_ended() returns nothing if there is none.
struct Reaped {
  pid_t pid;
  int status;
};
std::optional<Reaped> reap_any_if_ended();

}  // namespace berth::sys
