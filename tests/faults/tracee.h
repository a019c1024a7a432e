// One traced process that has stopped: which system call it begins, and how that is made to fail.
// ptrace(2); x86_64 alone. A process that was killed meanwhile is no error: its end is reported.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace berth::faults {

struct Call {
  std::string name;
  std::array<std::uint64_t, 6> operands;
};

/// From now on it is traced, with all that it starts.
bool seize(pid_t pid);
void interrupt(pid_t pid);

/// Nothing at any other stop than the begin of a call.
std::optional<Call> call_begun(pid_t pid);
/// The kernel leaves the call out, and the process sees this error.
void fail_call(pid_t pid, int error);

/// Until its next call or event. The signal is delivered; 0 is none.
void go_on(pid_t pid, int signal);
/// It stays stopped, as SIGSTOP wants it, until it is continued.
void stay_stopped(pid_t pid);
/// It is not traced any more.
void let_go(pid_t pid, int signal);

/// A path that it names, or what its descriptor leads to: for people.
std::string subject_of(pid_t pid, const Call& call);
/// Whether it executes berth or berth-init, and not a program of a container or a hook.
bool runs_runtime(pid_t pid);

}  // namespace berth::faults
