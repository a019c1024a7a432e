// Programs that init executes: hooks, and the container's own.
#pragma once

#include "runtime/init/state.h"

namespace berth::init {

/// The two lists of a FindProgram or RunHook, as execve(2) wants them.
struct Vectors {
  const char** arguments;  ///< without any: the program's path
  const char** variables;
};
Vectors make_vectors(const Init& init, plan::Text path, plan::TextList arguments,
                     plan::TextList variables);

/// Why execve(2) would not take the file, or 0.
int error_of(const char* file);
/// Looks into the program's file, if we may read it.
void examine(Program& program);

}  // namespace berth::init
