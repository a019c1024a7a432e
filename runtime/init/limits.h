// Core files of our own, which would hold what only the host is to know.
#pragma once

#include "runtime/init/state.h"

namespace berth::init {

/// The soft limit alone, so that allow_cores can undo it. To 1, not 0: that also keeps the kernel
/// from a core_pattern that is a program. core(5)
void forbid_cores(Init& init);

void run(Init& init, const plan::AllowCores& step);
void run(Init& init, const plan::SetRlimit& step);

}  // namespace berth::init
