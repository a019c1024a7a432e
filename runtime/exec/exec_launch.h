// Carries out the Plan of an exec, up to the program.
#pragma once

#include "runtime/container/foreground.h"
#include "runtime/exec/exec.h"
#include "runtime/launch/trace.h"
#include "runtime/linux/process/program.h"
#include "runtime/plan/plan.h"
#include "runtime/store/state_dir.h"

namespace berth::exec {

/// What an exec works on.
struct ExecLaunch {
  const store::StateDir& dir;
  const store::Record& record;
  const plan::Plan& plan;
  launch::Trace& trace;
};

/// Returns the process once it executes the program; it ends with the object unless released. If
/// berth is killed meanwhile, the process ends, or is one of the container.
sys::ChildProcess launch_exec(const ExecLaunch& exec, const ExecOptions& options,
                              container::ForegroundOptions foreground);

}  // namespace berth::exec
