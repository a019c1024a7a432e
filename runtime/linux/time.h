// The time of day. What deadlines need, CLOCK_MONOTONIC, is in cgroup.h.
#pragma once

#include <cstdint>
#include <string>

namespace berth::sys {

/// CLOCK_REALTIME, since 1970.
std::uint64_t realtime_nanoseconds();

/// `2024-02-29T23:59:59.000000001Z` for nanoseconds since 1970. RFC 3339, always UTC
std::string rfc3339(std::uint64_t nanoseconds);
std::string rfc3339_now();

}  // namespace berth::sys
