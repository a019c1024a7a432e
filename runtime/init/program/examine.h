// What execve(2) would find wrong with a program's file.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// The errno with which execve(2) would refuse the file, or 0.
int error_of(const char* file);
/// Examines the program's file, if init may read it.
void examine(Program& program);

}  // namespace berth::init
