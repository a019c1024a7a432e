// The part of a start that `run` shares.
#pragma once

#include "runtime/container/container.h"
#include "runtime/linux/fd.h"
#include "runtime/linux/signals.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

/// After an init that was told to go with its Ready: hears on `talk` how far it comes, and runs the
/// poststart hooks. The caller holds the lock. Whatever fails destroys the container, and so does a
/// signal at `interrupt` (may be null) that ends berth.
void follow_start(Site& site, store::StateDir& dir, const store::Record& record,
                  const sys::Fd& talk, sys::SignalFd* interrupt);

}  // namespace berth::container
