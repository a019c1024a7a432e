// The removal of a container that nobody needs any more.
#pragma once

#include <string>

#include "runtime/container/site.h"

namespace berth::container {

struct DeleteOptions {
  bool force = false;  ///< in any state, half-made ones and unknown ids included
};

/// Removes a stopped (or created) container. `delete` is a word of C++. RT-DEL-*
void remove(Site& site, const std::string& id, const DeleteOptions& options);

}  // namespace berth::container
