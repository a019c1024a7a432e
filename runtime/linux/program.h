// Starting programs: berth-init from its sealed memfd, and the host's hooks. Neither copies berth's
// memory: the child runs in ours, on a stack of its own, until its execve (CLONE_VM). For a hook we
// sleep meanwhile (CLONE_VFORK); init is started beside us.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/linux/process.h"

namespace berth::sys {

/// Owns a child: kills it and waits for its end in the destructor, unless reaped or released.
class ChildProcess {
 public:
  ChildProcess(pid_t pid, Pidfd handle) : pid_(pid), handle_(std::move(handle)) {}
  /// A child of ours that nobody has reaped, whoever cloned it (CLONE_PARENT).
  static ChildProcess adopt(pid_t pid);
  ChildProcess(ChildProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), handle_(std::move(other.handle_)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  const Pidfd& handle() const { return handle_; }

  /// Waits for its end. Afterwards there is no child here any more.
  Exit reap_exit() { return sys::reap_exit(release()); }
  int reap() { return sys::reap(release()); }
  /// SIGKILL to the process group that it leads (spawn_command).
  void kill_group() const;
  /// From now on it lives without us.
  pid_t release() { return std::exchange(pid_, 0); }

 private:
  pid_t pid_;  ///< 0: none
  Pidfd handle_;
};

/// Executes an open file with these arguments and no environment, beside us. It inherits 0, 1, 2
/// and `inherited`; dies with us (PR_SET_PDEATHSIG), and with this object; its signals are default
/// and unblocked. execveat(2)
class SealedProgram {
 public:
  SealedProgram(const Fd& program, const std::vector<std::string>& arguments,
                const std::vector<int>& inherited);
  SealedProgram(SealedProgram&&) noexcept;
  SealedProgram& operator=(SealedProgram&&) = delete;
  ~SealedProgram();

  pid_t pid() const { return process_.pid(); }
  const Pidfd& handle() const { return process_.handle(); }

  /// Waits for its end, and returns its status. SystemError when it could not be executed.
  int reap();

 private:
  struct Start;

  static ChildProcess begin(Start& start);

  std::unique_ptr<Start> start_;  ///< the child's until its execve, so longer here than the child
  ChildProcess process_;
};

struct Command {
  std::string path;                    ///< absolute, or from `directory`; PATH is not searched
  std::vector<std::string> arguments;  ///< with argv[0]
  std::vector<std::string> environment;
  std::string directory;  ///< where it begins; "/" if that is not there
};

/// Executes a program of the host as the leader of a session and process group of its own; it dies
/// with us; signals are default and unblocked, and of all descriptors it has `input` as 0 and
/// `output` as 1 and 2. Neither may be one of 0 to 2. SystemError when it cannot be executed.
ChildProcess spawn_command(const Command& command, const Fd& input, const Fd& output);

}  // namespace berth::sys
