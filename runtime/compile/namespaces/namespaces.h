// Namespaces: what is joined, what is new, and the process that is in all of them. config-linux.md
// "Namespaces" to "Offset for Time Namespace"
#pragma once

#include <cstdint>

#include "runtime/compile/builder.h"
#include "runtime/compile/process/capabilities.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host: opens the namespaces that are joined by path. The slots are in the order of
/// linux.namespaces.
Slots compile_namespace_sources(const spec::Config& config, Builder& builder);

/// Prologue: joins namespaces by path. Some joins take the host's privilege, others that of the
/// user namespace which is joined. So each is tried before that one is joined and, if the kernel
/// refuses it, again afterwards.
void compile_joins(const spec::Config& config, const Slots& sources, Builder& builder);

/// Prologue: a new time namespace and its offsets.
void compile_time_namespace(const spec::Config& config, Builder& builder);

/// Both sides: a time namespace in a user namespace that a caller without privilege makes. The
/// child makes it, and opens its /proc files so that the caller can write the offsets.
void compile_own_time_namespace(const spec::Config& config, Builder& builder);

void compile_time_offsets(const spec::Config& config, Builder& builder);

/// Prologue: starts the child, in `cgroup` from birth. The clone makes all new namespaces except a
/// cgroup namespace and, in most cases, a time namespace; and, if it `starts_empty`, except the
/// mount namespace.
void compile_clone(const spec::Config& config, Slot cgroup, bool starts_empty, Builder& builder);

/// Child: joins a pid namespace. A fork enters it, as the last act of init with more privilege than
/// the container has. The join takes privilege over that namespace: with a new user namespace, the
/// child joins first and makes the user namespace afterwards; otherwise it joins late.
void compile_early_pid_namespace(const spec::Config& config, const Slots& sources,
                                 Builder& builder);

void compile_pid_namespace(const spec::Config& config, const Slots& sources,
                           const CapabilityMasks& masks, Builder& builder);

void compile_fork(const spec::Config& config, Builder& builder);

/// Child: the loopback interface of a new network namespace.
void compile_loopback(const spec::Config& config, Builder& builder);

/// Child: session, keyring, cgroup namespace. `host_proc` is for OpenProc.
void compile_session(const spec::Config& config, Slot host_proc, Builder& builder);

}  // namespace berth::plan
