// rlimits, and the OOM score. config.md "POSIX process"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host: oom_score_adj and higher hard limits, which take the host's privilege.
void compile_privileged_limits(const spec::Config& config, Builder& builder);
/// Its two parts.
void compile_oom_score_adj(const spec::Config& config, Builder& builder);
void compile_hard_limits(const spec::Config& config, Builder& builder);
/// Whether a hard limit is above berth's own, and berth may raise it.
bool raises_limits(const spec::Config& config, const Host& host);

/// Child, right before the program, because a limit could stop any later step.
void compile_rlimits(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
