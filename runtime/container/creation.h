// The create that `create` and `run` share: from a bundle to a process that waits for start.
#pragma once

#include "runtime/container/container.h"
#include "runtime/launch/trace.h"
#include "runtime/linux/program.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

struct Created {
  store::StateDir dir;
  store::Record record;
  sys::ChildProcess init;  ///< ends with this object unless released
  plan::Plan plan;         ///< for the trace
};

/// All of create, or an Error and nothing left. `console`: the far end of `run`'s terminal relay.
Created create_container(const CreateOptions& options, Site& site, sys::Fd console,
                         launch::Trace& trace);

/// Writes the trace to the site's file, if one was asked for.
void write_trace(const Site& site, const launch::Trace& trace, const plan::Plan* plan);

}  // namespace berth::container
