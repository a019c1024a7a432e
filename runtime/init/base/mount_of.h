// Which mount a path leads to.
#pragma once

#include <cstdint>

namespace berth::init {

struct MountOf {
  std::uint64_t id = 0;  ///< 0: the kernel refuses to tell
  bool is_root = false;  ///< the path leads to the root of the mount
};

/// Symbolic links are followed. statx(2) STATX_MNT_ID
MountOf mount_of(const char* path);

}  // namespace berth::init
