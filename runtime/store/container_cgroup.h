// Where a container is in one cgroup hierarchy.
#pragma once

#include <string>

namespace berth::store {

/// Recorded before the directory is made: all that it takes to undo it, now or after a crash.
struct ContainerCgroup {
  std::string directory;    ///< absolute, of the host
  std::string topmost;      ///< the highest directory made for it; empty: it was there before
  bool is_claimed = false;  ///< it is made, and what is in it is the container's
};

}  // namespace berth::store
