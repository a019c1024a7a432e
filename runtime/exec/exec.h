// exec: another process in a container that exists.
#pragma once

#include <string>

#include "runtime/compile/exec.h"
#include "runtime/container/context.h"
#include "runtime/exec/exec_process.h"

namespace berth::exec {

struct ExecOptions : plan::ExecRequest {
  ExecProcess process;
  spec::Strings sub_cgroups;           ///< below the container's own: see cgroups_to_enter()
  std::string pid_file, pidfd_socket;  ///< empty: none
  bool detach = false;                 ///< leave when the program runs
  bool ignore_paused = false;          ///< the process then waits until the container is resumed
};

/// Returns the program's status in the foreground, 0 detached. If it throws Error, no process is
/// left and no pid file was written; `context.error_status` is what a shell would return then: 127
/// if there is no such program, 126 if it cannot be executed, and 255 otherwise.
int exec(container::Context& context, const std::string& id, const ExecOptions& options);

/// The Plan of such an exec, as text or JSON.
std::string plan_of_exec(container::Context& context, const std::string& id, ExecOptions options,
                         bool json);

}  // namespace berth::exec
