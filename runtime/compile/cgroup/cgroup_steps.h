// The steps that make, enter and limit the container's cgroups, as Plan::cgroup has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// The number of the container's own v2 cgroup, if it has one.
std::optional<std::size_t> find_unified(const CgroupPlan& plan);

/// Host: makes the v2 cgroup and opens it; kNoSlot if there is none, or if systemd makes it and
/// init is in it.
Slot compile_initial_cgroup(const spec::Config& config, Builder& builder);

/// Prologue: enters the v2 cgroup if Clone cannot. Returns the slot for Clone, or kNoSlot.
Slot compile_initial_cgroup_entry(const spec::Config& config, Slot initial_cgroup,
                                  Builder& builder);

/// Host: makes the v1 cgroups and opens them. The slots are in the order of
/// CgroupPlan::directories.
Slots compile_cgroup_directories(const spec::Config& config, Builder& builder);

/// Child: enters the v1 cgroups.
void compile_cgroup_entry(const spec::Config& config, const Slots& cgroup_fds, Builder& builder);

/// Host: writes every limit except the device rules.
void compile_cgroup_limits(Builder& builder);

/// Host: sets the device rules, after the device nodes have been made.
void compile_device_rules(Builder& builder);

/// Host: sets what a scope of systemd gets when the container is ready.
void compile_scope_completion(Builder& builder);

}  // namespace berth::plan
