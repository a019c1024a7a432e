// Scheduler, execution domain, memory policy, io priority. config.md "Linux Process"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host, after everything else, because a policy may forbid what init has to do.
void compile_scheduler(const spec::Config& config, Builder& builder);

/// Child: execution domain, memory policy, io priority.
void compile_policies(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
