// Writes the rules of one call, which may ask for values of its arguments.
#pragma once

#include <vector>

#include "runtime/plan/seccomp.h"
#include "runtime/seccomp/program.h"

namespace berth::seccomp {

/// The first rule that holds decides; if none does, the program goes on at `otherwise`.
Place write_rules(std::span<const plan::SyscallRule> rules, Place otherwise, Writer& writer);

}  // namespace berth::seccomp
