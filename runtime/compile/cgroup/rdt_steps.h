// The steps for cache and memory bandwidth, as Plan::rdt has them. config-linux.md "IntelRdt"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host: makes or finds the groups, and sets their schemata.
void compile_rdt_groups(const spec::Config& config, Builder& builder);

/// For exec: which groups those of the container are.
void compile_rdt_place(const spec::Config& config, Builder& builder);

/// Host: moves the child into the groups.
void compile_rdt_entry(Builder& builder);

}  // namespace berth::plan
