// create and start in one; in the foreground it also waits, relays terminal and signals, and
// deletes.
#pragma once

#include <string>

#include "runtime/container/verbs/create.h"

namespace berth::container {

struct RunOptions {
  bool detach = false;
  bool keep = false;  ///< foreground: do not delete the container afterwards
  bool no_subreaper = false;
};

/// Returns the program's exit code (128 + signal), 0 when detached.
int run(Context& context, const std::string& id, CreateOptions create, const RunOptions& options);

}  // namespace berth::container
