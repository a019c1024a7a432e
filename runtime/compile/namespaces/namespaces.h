// Namespaces: what is joined, what is new, and the process that is in all of them. config-linux.md
// "Namespaces" to "Offset for Time Namespace"
#pragma once

#include <cstdint>

#include "runtime/compile/builder.h"
#include "runtime/compile/process/capabilities.h"
#include "spec/config.h"

namespace berth::plan {

/// Host: opens what is joined by its path; slots by place in linux.namespaces.
Slots compile_namespace_sources(const spec::Config& config, Builder& builder);

/// Prologue. What is refused before the user namespace is joined is tried again in it; what was
/// joined already is not: there the host's privilege may be needed.
void compile_joins(const spec::Config& config, const Slots& sources, Builder& builder);

/// Prologue: a new time namespace and its offsets.
void compile_time_namespace(const spec::Config& config, Builder& builder);

/// Both sides: the same in a user namespace that a caller without privilege makes, where the child
/// makes it, and opens its /proc files for the offsets.
void compile_own_time_namespace(const spec::Config& config, Builder& builder);

void compile_time_offsets(const spec::Config& config, Builder& builder);

/// Prologue: the child, with every new namespace but time and cgroup; in `cgroup` from birth.
void compile_clone(const spec::Config& config, Slot cgroup, Builder& builder);

/// Child: a pid namespace is joined by a fork of it, which is the last that init does as more than
/// the container is. What joins it has privilege over it: either the child from the beginning, and
/// makes a new user namespace only then, or late.
void compile_early_pid_namespace(const spec::Config& config, const Slots& sources,
                                 Builder& builder);

void compile_pid_namespace(const spec::Config& config, const Slots& sources,
                           const CapabilityMasks& masks, Builder& builder);

void compile_fork(const spec::Config& config, Builder& builder);

/// Child: session, keyring, loopback interface, cgroup namespace.
void compile_session(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
