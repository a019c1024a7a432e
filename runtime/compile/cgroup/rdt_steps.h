// Cache and memory bandwidth, as Plan::rdt has it. config-linux.md "IntelRdt"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config.h"

namespace berth::plan {

/// Host: makes or finds the groups, and what they are to be.
void compile_rdt_groups(const spec::Config& config, Builder& builder);

/// Host: the child goes into them.
void compile_rdt_entry(Builder& builder);

}  // namespace berth::plan
