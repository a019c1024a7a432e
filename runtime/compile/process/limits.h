// rlimits and what else takes the host's privilege. config.md "POSIX process"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config.h"

namespace berth::plan {

/// Host: what takes the host's privilege, oom_score_adj and higher hard limits.
void compile_privileged_limits(const spec::Config& config, Builder& builder);

/// Child, right before the program: they could stop anything that comes after them.
void compile_rlimits(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
