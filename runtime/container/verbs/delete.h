// Removes a container that is not needed any more.
#pragma once

#include <string>

#include "runtime/container/context.h"

namespace berth::container {

struct DeleteOptions {
  bool force = false;  ///< in any state, even incomplete; accepts unknown ids
};

/// Removes a stopped (or created) container. C++ reserves the name `delete`. RT-DEL-*
void remove(Context& context, const std::string& id, const DeleteOptions& options);

}  // namespace berth::container
