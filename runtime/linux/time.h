// The time of day, and the clock of deadlines.
#pragma once

#include <cstdint>
#include <optional>
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

/// A moment by which something has to be done, or none.
class Deadline {
 public:
  Deadline() = default;
  explicit Deadline(std::int64_t milliseconds_from_now);

  /// Milliseconds, as poll(2) takes them: negative when there is no deadline. One that is further
  /// away than poll can count is told in portions: a wait that ends may not be the end.
  int left() const;
  bool has_passed() const { return left() == 0; }

 private:
  std::optional<std::int64_t> end_;
};

}  // namespace berth::sys
