// Which mount a path leads to.
#pragma once

#include <cstdint>
#include <string>

namespace berth::sys {

/// The number that the mount has in /proc/self/mountinfo; 0 when the path leads nowhere, or nowhere
/// that this process may look. statx(2), STATX_MNT_ID
std::uint64_t mount_id_of(const std::string& path);

}  // namespace berth::sys
