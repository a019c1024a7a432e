// The process itself: terminal, streams, identity, program. config.md "Process", "User", "Linux
// Process"
#pragma once

#include <cstdint>

#include "runtime/compile/builder.h"
#include "runtime/compile/process/capabilities.h"
#include "spec/config.h"

namespace berth::plan {

/// Host: where `berth start` will call; kNoSlot when the container starts at once.
Slot compile_start_source(const spec::Config& config, Builder& builder);

/// Host: the other end of the terminal; its slot.
Slot compile_console_source(const spec::Config& config, Builder& builder);

/// Child: the terminal becomes the standard streams.
void compile_terminal(const spec::Config& config, Slot console, Builder& builder);

/// Child, while the root can be written to: a working directory that is missing.
void compile_working_directory(const spec::Config& config, Builder& builder);

/// Child: standard streams without a terminal.
void compile_streams(const spec::Config& config, Builder& builder);

/// Child: every descriptor but stdio, those that are passed on, and what init itself still needs.
void compile_closing(Builder& builder);

/// Child: working directory, user, groups, capabilities, no_new_privs, umask. A config without a
/// process gets uid 0 without any capability.
void compile_identity(const spec::Config& config, const CapabilityMasks& masks, Builder& builder);

/// Child: the program is there and may be executed, here and now; nothing without a process.
void compile_find_program(const spec::Config& config, Builder& builder);

/// Child: it still is; nothing where nothing can have changed, and under a filter, which may forbid
/// it, only after hooks.
void compile_find_program_again(const spec::Config& config, bool is_filtered, Builder& builder);

/// Child: the program itself; nothing without a process.
void compile_program(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
