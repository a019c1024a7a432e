// Processes: identity (pid and start time), signals through a pidfd, waiting. A pid alone is never
// trusted: the pidfd is opened first, and only then is the identity compared.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// What /proc/PID/stat says. proc_pid_stat(5)
struct ProcessStat {
  std::string comm;
  char state = '?';              ///< R S D T Z X …
  bool is_exiting = false;       ///< its end has begun
  bool is_killed = false;        ///< a SIGKILL is on its way to it
  std::uint64_t start_time = 0;  ///< clock ticks after boot

  bool is_dead() const { return state == 'Z' || state == 'X'; }
  /// By a signal such as SIGSTOP.
  bool is_stopped() const { return state == 'T'; }
};

/// Nothing when there is no such process. System error when /proc is not that of our pid namespace:
/// what it says of a pid would be about another process.
std::optional<ProcessStat> read_process_stat(pid_t pid);

/// A file, whatever its names.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool operator==(const FileIdentity&) const = default;
};
/// What a process executes; nothing when its end has begun or it is not ours to see.
std::optional<FileIdentity> executable_of(pid_t pid);

/// A descriptor that names one process for ever. pidfd_open(2)
class Pidfd {
 public:
  explicit Pidfd(Fd fd) : fd_(std::move(fd)) {}

  /// Nothing when there is no such process, when it has ended (reaped or not), or when it is not
  /// the one that started then. By its number where /proc hides when that was (hidepid=invisible),
  /// or where the time is not known (0).
  static std::optional<Pidfd> open_if_alive(pid_t pid, std::uint64_t start_time,
                                            std::uint64_t number = 0);
  /// A child of ours that was not reaped: its pid cannot mean another.
  static Pidfd open_child(pid_t pid);

  /// False when the process has ended.
  bool signal(int number) const;
  /// False when it still runs after the deadline. Negative: no deadline.
  bool wait_for_exit(int milliseconds) const;
  const Fd& fd() const { return fd_; }

  /// What the kernel gives to each process once: the inode of its pidfd. 0 before Linux 6.9, where
  /// all have one inode.
  std::uint64_t number() const;

 private:
  Fd fd_;
};
/// That of a process; 0 also when it has ended.
std::uint64_t process_number(pid_t pid);

/// Inodes of /proc/PID/ns, by the kernel's names: ipc mnt net pid user uts cgroup time. 0 for a
/// kind that this kernel was built without, or that an unprivileged caller may not see: all of a
/// process that is not dumpable. proc_pid_ns(5)
struct NamespaceInode {
  const char* name;
  std::uint64_t inode;
};
std::array<NamespaceInode, 8> read_namespace_inodes(pid_t pid);
/// That of one kind.
std::uint64_t read_namespace_inode(pid_t pid, const char* name);

/// How a child ended.
struct Exit {
  int code = 0;
  int signal = 0;  ///< not 0: this killed it, and there is no code

  /// As a shell has it: the code, or 128 + signal.
  int status() const { return signal == 0 ? code : 128 + signal; }
};
/// Waits for a child of ours. waitid(2)
Exit reap_exit(pid_t pid);
/// The same as a status.
int reap(pid_t pid);
/// A child that ended, of any; nothing when none is ready.
struct Reaped {
  pid_t pid;
  int status;
};
std::optional<Reaped> reap_any_if_ended();

pid_t own_pid();
uid_t effective_uid();
gid_t effective_gid();
/// PR_SET_CHILD_SUBREAPER
void become_subreaper();

}  // namespace berth::sys
