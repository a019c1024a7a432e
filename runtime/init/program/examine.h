// What execve(2) would find wrong with the contents of a program's file.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// Examines a file that init may execute, if it may be read, and the interpreters that it needs.
/// `error` is that of execve(2), or 0 before the call.
void examine(Finding& finding, const char* file, int error);
/// As this, for a file that perhaps cannot even be found.
void find_cause(Finding& finding, const char* file, int error);

}  // namespace berth::init
