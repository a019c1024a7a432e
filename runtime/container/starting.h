// The start that `start` and `run` share.
#pragma once

#include "runtime/container/container.h"
#include "runtime/linux/signals.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

/// What becomes of a container whose start failed. A failing hook destroys it in any case: RT-LC-6,
/// RT-LC-8.
enum class AfterFailure { Stopped, Destroyed };

/// Returns when the program runs and the poststart hooks have. The caller holds the lock. A signal
/// at `interrupt` (may be null) that ends berth is a failure.
void start_container(Site& site, store::StateDir& dir, const store::Record& record,
                     AfterFailure after, sys::SignalFd* interrupt);

}  // namespace berth::container
