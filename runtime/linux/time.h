// The time of day, and the clock of deadlines.
#pragma once

#include <cstdint>
#include <string>

namespace berth::sys {

/// CLOCK_REALTIME, since 1970.
std::uint64_t realtime_nanoseconds();

/// `2024-02-29T23:59:59.000000001Z` for nanoseconds since 1970. RFC 3339, always UTC
std::string rfc3339(std::uint64_t nanoseconds);
std::string rfc3339_now();

/// CLOCK_MONOTONIC
std::int64_t monotonic_milliseconds();
void sleep_milliseconds(int milliseconds);

}  // namespace berth::sys
