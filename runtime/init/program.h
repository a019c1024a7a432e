// Programs that init executes: hooks, and the container's own.
#pragma once

#include "runtime/init/state.h"

namespace berth::init {

/// The two lists of FindProgram and RunHook, as execve(2) wants them.
struct Vectors {
  const char** arguments;  ///< without any: the program's path
  const char** variables;
};
Vectors make_vectors(const Init& init, const Step& step);

/// Why execve(2) would not take the file, or 0.
int error_of(const char* file);
/// Looks into the program's file, if we may read it.
void examine(Program& program);

}  // namespace berth::init
