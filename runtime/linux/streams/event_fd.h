// A counter of the kernel that a descriptor refers to and that can be waited for. eventfd(2)
#pragma once

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Readable, for poll(2), while the counter is not 0.
Fd event_fd();

/// Sets the counter to 0. Returns false if it is 0 already.
bool clear_event(const Fd& event);

}  // namespace berth::sys
