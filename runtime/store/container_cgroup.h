// A container's cgroup in one hierarchy.
#pragma once

#include <cstdint>
#include <string>

namespace berth::store {

/// Recorded before the directory is made, with all that is needed to undo it, even after a crash.
struct ContainerCgroup {
  std::string directory;  ///< an absolute host path
  std::string topmost;    ///< the highest directory made for it; empty: `directory` existed before
  bool is_claimed = false;  ///< it was made, and every process in it is the container's
  std::uint64_t inode = 0;  ///< of a scope's cgroup, which systemd removes; 0: not known
  bool is_unified = false;  ///< of cgroup v2
};

}  // namespace berth::store
