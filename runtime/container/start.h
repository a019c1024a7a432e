// start, and the part of it that `run` shares.
#pragma once

#include <string>

#include "runtime/container/site.h"
#include "runtime/linux/fd.h"
#include "runtime/linux/signals.h"
#include "runtime/store/record.h"

namespace berth::container {

/// Returns when the program runs and the poststart hooks have. RT-START-*
void start(Site& site, const std::string& id);

/// After an init that was told to go with its Ready: receives on `talk` how far it comes, and runs
/// the poststart hooks. The caller holds the lock, and destroys the container when this fails, as
/// it does for a signal at `interrupt` (may be null) that ends berth.
void follow_start(const store::Record& record, sys::Fd talk, sys::SignalFd* interrupt);

}  // namespace berth::container
