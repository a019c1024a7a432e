// start, and the part of it that `run` shares.
#pragma once

#include <string>

#include "runtime/container/context.h"
#include "runtime/linux/fd.h"
#include "runtime/linux/signals.h"
#include "runtime/store/record.h"

namespace berth::container {

/// Returns when the program runs and the poststart hooks have run. RT-START-*
void start(Context& context, const std::string& id);

/// For an init that has received its go with the answer to Ready: receives its progress on `talk`,
/// and runs the poststart hooks. The caller holds the lock, and destroys the container if this
/// fails. A signal at `interrupt` (may be null) that ends berth is such a failure.
void follow_start(const store::Record& record, sys::Fd talk, sys::SignalFd* interrupt);

}  // namespace berth::container
