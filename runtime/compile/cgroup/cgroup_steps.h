// The steps that make, enter and limit the container's cgroups, as Plan::cgroup has them.
#pragma once

#include <cstdint>

#include "runtime/compile/builder.h"
#include "spec/config.h"

namespace berth::plan {

/// Host: makes the directory of v2 and opens the way in; kNoSlot where there is none.
Slot compile_birthplace(const spec::Config& config, Builder& builder);

/// Prologue. Returns what is left to Clone: the slot, or kNoSlot.
Slot compile_birth(const spec::Config& config, Slot birthplace, Builder& builder);

/// Host: the same for every hierarchy of v1; a slot each, by place in CgroupPlan::directories.
Slots compile_cgroup_directories(const spec::Config& config, Builder& builder);

/// Child.
void compile_cgroup_entry(const spec::Config& config, const Slots& entrances, Builder& builder);

/// Host: every limit but the device rules.
void compile_cgroup_limits(Builder& builder);

/// Host: after the device nodes are made.
void compile_device_rules(Builder& builder);

}  // namespace berth::plan
