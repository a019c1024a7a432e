// What the host does for each type of its steps (plan/steps_host.h).
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/tree.h"
#include "runtime/launch/net_devices.h"
#include "runtime/launch/trace.h"
#include "runtime/linux/fd.h"
#include "runtime/linux/file.h"
#include "runtime/linux/signals.h"
#include "runtime/plan/plan.h"
#include "spec/state.h"

namespace berth::launch {

/// What surrounds a launch: everything that is not in the Plan.
struct Surroundings {
  const sys::Dir& state_dir;  ///< for the start socket
  cgroup::CgroupTree& cgroups;
  cgroup::RdtGroups& rdt;
  spec::State state;  ///< what hooks read on stdin; the pid is filled in
  sys::Fd console;    ///< `run` in the foreground: connection instead of a console socket
  /// Called once, before the first effect that outlives us.
  std::function<void()> record_intent;
  /// Called before a process may enter cgroups that were made since the last call.
  std::function<void()> claim_cgroups;
  /// Called while the child, of this pid, is busy; again when it has become another process, which
  /// waits for `approve`.
  std::function<void(pid_t)> look_at_child;
  bool& has_run_hooks;  ///< set when hooks begin: what they did is undone by poststop hooks alone
  sys::SignalFd* interrupt = nullptr;  ///< a signal there ends the launch
  Trace& trace;
};

/// What host steps work on.
struct Workplace {
  const plan::Plan& plan;
  Surroundings& around;
  const std::vector<sys::Fd>& slots;
  NetDevices& net_devices;
  pid_t child;  ///< 0: not born yet
};

/// Carries out a step of the host; returns what belongs in the slot that it fills.
sys::Fd carry_out(const plan::Step& step, const Workplace& place);

}  // namespace berth::launch
