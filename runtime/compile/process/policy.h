// Scheduler, affinity, execution domain, memory policy, io priority. config.md "Linux Process"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config.h"

namespace berth::plan {

/// Host, when everything else is done: a policy may forbid what berth-init still had to do.
void compile_scheduler(const spec::Config& config, Builder& builder);

/// Child: not the caller's processors, but every one that the cpuset has.
void compile_affinity(Builder& builder);

/// Child: execution domain, memory policy, io priority.
void compile_policies(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
