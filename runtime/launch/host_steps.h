// Carries out each type of the host's steps (plan/steps/host.h, cgroups.h, exec.h).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/scope.h"
#include "runtime/cgroup/tree.h"
#include "runtime/launch/first_process.h"
#include "runtime/launch/net_devices.h"
#include "runtime/launch/trace.h"
#include "runtime/linux/base/fd.h"
#include "runtime/linux/process/scheduler.h"
#include "runtime/linux/process/signals.h"
#include "runtime/plan/plan.h"
#include "spec/documents/state.h"

namespace berth::launch {

/// Everything that a launch needs besides the Plan.
struct Settings {
  const sys::Dir& state_dir;  ///< for the start socket and for what is kept for exec
  cgroup::CgroupTree& cgroups;
  cgroup::Scope& scope;
  cgroup::RdtGroups& rdt;
  spec::State state;  ///< hooks read this on stdin; the pid is filled in
  /// In the foreground, in place of a console socket: receives berth's end of the connection.
  sys::Fd* console = nullptr;
  sys::SignalFd* interrupt = nullptr;  ///< a signal here ends the launch
  std::uint32_t preserved_fds = 0;     ///< for StartInit: see InitProcess
  /// For StartInit, if the cgroup of the Plan no longer accepts processes: the one that does now.
  std::function<std::string()> find_cgroup = {};
  /// Init may stand still for any time, because it enters a frozen cgroup.
  bool is_paused = false;
  Trace& trace;
};

/// The objects that host steps work on.
struct StepContext {
  const plan::Plan& plan;
  Settings& settings;
  const std::vector<sys::Fd>& slots;
  NetDevices& net_devices;
  sys::Fd& device_program;  ///< from LoadDeviceRules to AttachDeviceRules
  sys::OwnAffinity& affinity;
  std::optional<FirstProcess>& first;  ///< StartInit fills it
  pid_t init;                          ///< berth-init as berth has started it; 0: not yet
  pid_t child;                         ///< 0: not born yet
};

/// Carries out a step of the host; returns the content of the slot that it fills.
sys::Fd carry_out(const plan::Step& step, const StepContext& context);

}  // namespace berth::launch
