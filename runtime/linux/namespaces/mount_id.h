// Asks the kernel which mount a path leads to.
#pragma once

#include <cstdint>
#include <string>

namespace berth::sys {

/// Returns the mount's id, as in /proc/self/mountinfo, or 0 if the path does not exist or this
/// process may not search it. statx(2), STATX_MNT_ID
std::uint64_t mount_id_of(const std::string& path);

}  // namespace berth::sys
