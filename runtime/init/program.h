// Programs that init executes: hooks, and the container's own.
#pragma once

#include "runtime/init/state.h"

namespace berth::init {

/// The two lists of a FindProgram or RunHook, in the form of execve(2).
struct Vectors {
  const char** arguments;  ///< if there are none: the program's path
  const char** variables;
};
Vectors make_vectors(const Init& init, plan::Text path, plan::TextList arguments,
                     plan::TextList variables);

/// The errno with which execve(2) would refuse the file, or 0.
int error_of(const char* file);
/// Examines the program's file, if init may read it.
void examine(Program& program);

}  // namespace berth::init
