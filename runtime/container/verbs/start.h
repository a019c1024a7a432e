// start, and the part of it that `run` shares.
#pragma once

#include <string>

#include "runtime/container/removal.h"
#include "runtime/launch/talk.h"
#include "runtime/linux/process/signals.h"
#include "runtime/store/record.h"

namespace berth::container {

/// Returns when the program runs and the poststart hooks have run. RT-START-*
void start(Context& context, const std::string& id);

/// For an init that has received its go: receives its progress on the talk, which ends with its
/// execve, and runs the poststart hooks. If one of its hooks fails, the guard destroys the
/// container. A signal at `interrupt` (may be null) that ends berth is a failure, too. The caller
/// holds the lock.
void follow_start(const store::Record& record, launch::Talk& talk, sys::SignalFd* interrupt,
                  FailureGuard& guard);

}  // namespace berth::container
