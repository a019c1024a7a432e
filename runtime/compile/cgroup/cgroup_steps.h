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

/// Host: writes every limit except the device rules and what waits for the end of init's first
/// process.
void compile_cgroup_limits(const spec::Config& config, Builder& builder);

/// Host: sets the device rules, after the device nodes have been made.
void compile_device_rules(const spec::Config& config, Builder& builder);

/// Host: sets what waits until the container is ready: the number of processes where init's first
/// process counts, and the late properties of a scope of systemd.
void compile_cgroup_completion(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
