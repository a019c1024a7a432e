// The agent of SCMP_ACT_NOTIFY: a program of the host that decides about single system calls. It
// listens at /linux/seccomp/listenerPath. seccomp_unotify(2)
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/plan/seccomp.h"
#include "spec/documents/state.h"

namespace berth::seccomp {

/// Connects, sends the state of the process `pid`, in a container with this state, with the
/// listener, and closes. `received` are the descriptors that came with init's message: the one
/// listener, which only a plan with an agent makes. Errors have the origin
/// /linux/seccomp/listenerPath.
void send_to_agent(const std::optional<plan::SeccompAgent>& agent, const spec::State& state,
                   pid_t pid, const std::vector<sys::Fd>& received);

}  // namespace berth::seccomp
