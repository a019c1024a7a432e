// Programs that init executes: hooks, and the container's own.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// The two lists of a FindProgram or RunHook, in the form of execve(2).
struct Vectors {
  const char** arguments;  ///< if there are none: the program's path
  const char** variables;
};
Vectors make_vectors(const Init& init, plan::Text path, plan::TextList arguments,
                     plan::TextList variables);

}  // namespace berth::init
