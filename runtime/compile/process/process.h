// The process itself: terminal, streams, identity, program. config.md "Process", "User", "Linux
// Process"
#pragma once

#include <cstdint>

#include "runtime/compile/builder.h"
#include "runtime/compile/process/capabilities.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host: the socket to which `berth start` connects; kNoSlot if the program starts at once.
Slot compile_start_source(const spec::Config& config, Builder& builder);

/// Host: opens the connection for the terminal's other end, and returns its slot.
Slot compile_console_source(const spec::Config& config, Builder& builder);

/// Child: the terminal becomes the standard streams.
void compile_terminal(const spec::Config& config, Slot console, bool binds_console,
                      Builder& builder);

/// Child, while the root can be written to: makes a missing working directory.
void compile_working_directory(const spec::Config& config, Builder& builder);

/// Child: replaces standard streams that are a null device, if there is no terminal.
void compile_streams(const spec::Config& config, Builder& builder);

/// Child: closes all descriptors except stdio, those that are passed on, and those that init still
/// needs.
void compile_closing(Builder& builder);

/// Child: working directory, user, groups, capabilities, no_new_privs, umask. A config without a
/// process gets uid 0 without any capability.
void compile_identity(const spec::Config& config, const CapabilityMasks& masks, Builder& builder);

/// Child: looks for the program and checks that it may be executed; no step without a process.
void compile_find_program(const spec::Config& config, Builder& builder);

/// Child: looks for the program again; no step if nothing can have changed. Under a filter, which
/// may forbid it, init looks only after hooks.
void compile_find_program_again(const spec::Config& config, bool is_filtered, Builder& builder);

/// Child: executes the program; no step without a process.
void compile_program(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
