// Starts programs: berth-init from its sealed memfd, and hooks on the host. Neither copies berth's
// memory: until its execve the child shares it (CLONE_VM) and has a stack of its own. berth is
// suspended while a hook starts (CLONE_VFORK), and runs on while init starts.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/process/process.h"

namespace berth::sys {

/// Owns a child. The destructor kills and reaps it, unless it was reaped or released.
class ChildProcess {
 public:
  ChildProcess(pid_t pid, Pidfd handle) : pid_(pid), handle_(std::move(handle)) {}
  /// Owns an unreaped child, which may have been cloned by another process (CLONE_PARENT).
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  ChildProcess(ChildProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), handle_(std::move(other.handle_)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  /// Opened when it is first asked for; not after the child was reaped.
  const Pidfd& handle() const;

  /// Waits for the child's end; this object no longer owns a child then.
  Exit reap_exit() { return sys::reap_exit(release()); }
  int reap() { return reap_exit().status(); }
  /// Sends SIGKILL to the process group that the child leads (spawn_command).
  void kill_group() const;
  /// Gives up ownership: the child lives on.
  pid_t release() { return std::exchange(pid_, 0); }

 private:
  pid_t pid_;  ///< 0: none
  mutable std::optional<Pidfd> handle_;
};

/// Executes an open file with these arguments and an empty environment while berth runs on. The
/// child inherits the standard streams and `inherited`, has default and unblocked signals, and dies
/// with berth (PR_SET_PDEATHSIG) or with this object. It is born in the v2 cgroup whose directory
/// is open as `cgroup`, unless that is -1. Until its execve it shares berth's memory: if the kernel
/// ends it for that cgroup's memory limit, it ends berth, too. execveat(2)
class SealedProgram {
 public:
  SealedProgram(const Fd& program, const std::vector<std::string>& arguments,
                const std::vector<int>& inherited, int cgroup = -1);
  SealedProgram(SealedProgram&&) noexcept;
  SealedProgram& operator=(SealedProgram&&) = delete;
  ~SealedProgram();

  pid_t pid() const { return process_.pid(); }
  const Pidfd& handle() const { return process_.handle(); }

  /// Waits for the child's end and returns its status. Throws SystemError if it was not executed.
  int reap();
  /// The child becomes the caller's. It must have ended or have sent something by then, so that it
  /// uses this object no more. Throws SystemError if it was not executed.
  ChildProcess take_process();

 private:
  struct Start;

  static ChildProcess begin(Start& start);

  std::unique_ptr<Start>
      start_;  ///< declared first, so that it outlives the child, which uses it until its execve
  ChildProcess process_;
};

/// The path of a program of the host; empty if none of the usual directories has it. The caller's
/// PATH is not used, because the program acts with berth's privilege.
std::string find_program(const std::string& name);

struct Command {
  std::string path;  ///< absolute, or relative to `directory`; PATH is not searched
  std::vector<std::string> arguments;  ///< includes argv[0]
  std::vector<std::string> environment;
  std::string directory;  ///< the working directory; "/" if it does not exist
};

/// Executes a host program as the leader of a new session and process group. It dies with berth,
/// has default and unblocked signals, `input` as descriptor 0, `output` as 1 and 2, and no others.
/// Neither descriptor may be 0, 1 or 2. Throws SystemError if the program cannot be executed.
ChildProcess spawn_command(const Command& command, const Fd& input, const Fd& output);

}  // namespace berth::sys
