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

}  // namespace berth::init
