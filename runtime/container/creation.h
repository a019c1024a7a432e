// The create that `create` and `run` share: from a bundle to a process that waits for start.
#pragma once

#include "runtime/container/container.h"
#include "runtime/launch/trace.h"
#include "runtime/linux/program.h"
#include "runtime/linux/signals.h"
#include "runtime/plan/plan.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

struct Created {
  store::StateDir dir;  ///< with its lock
  store::Record record;
  sys::ChildProcess init;  ///< ends with this object unless released
  sys::Fd talk;            ///< to init
};

/// What a foreground `run` has to do with a create.
struct Attendance {
  sys::Fd console;                     ///< the far end of its terminal relay
  sys::SignalFd* interrupt = nullptr;  ///< a signal that ends it, and create with it
};

/// All of create, or an Error and nothing left. `request` comes from request_of, before anything
/// else is opened: a descriptor to be preserved must be the caller's.
Created create_container(plan::Request request, const std::string& pid_file, Site& site,
                         Attendance attendance, launch::Trace& trace);

}  // namespace berth::container
