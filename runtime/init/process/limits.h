// Resource limits. A core file of init could hold data that only the host may have.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// Lowers only the soft limit, so that AllowCores can undo it. The limit is 1, not 0, because that
/// also keeps the kernel from running a core_pattern that is a program. core(5)
void forbid_cores(Init& init);

void run(Init& init, const plan::AllowCores& step);
void run(Init& init, const plan::SetOwnOomScoreAdj& step);
void run(Init& init, const plan::SetRlimit& step);

}  // namespace berth::init
