// Sends signals to a container.
#pragma once

#include <string>

#include "runtime/container/context.h"

namespace berth::container {

struct KillOptions {
  std::string signal = "TERM";  ///< as parse_signal takes it
  bool all = false;             ///< to every process of the container
};

/// Sends the signal to the container process, or to all. A paused container receives it when it is
/// resumed, except SIGKILL, which ends it at once. RT-KILL-*
void kill(Context& context, const std::string& id, const KillOptions& options);

}  // namespace berth::container
