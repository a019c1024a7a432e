// The container's seccomp filter, ready for init: from the cache, or compiled.
#pragma once

#include <string>

#include "runtime/launch/trace.h"
#include "runtime/linux/fd.h"
#include "runtime/plan/seccomp.h"

namespace berth::launch {

/// A sealed memfd of struct sock_filter. The trace says whether the cache had it.
sys::Fd make_filter(const plan::SeccompFilter& filter, const std::string& state_root, Trace& trace);

}  // namespace berth::launch
