// The time of day, and the clock of deadlines.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace berth::sys {

/// Nanoseconds since 1970. CLOCK_REALTIME
std::uint64_t realtime_nanoseconds() noexcept;

/// Formats nanoseconds since 1970 as RFC 3339 in UTC: `2024-02-29T23:59:59.000000001Z`.
std::string rfc3339(std::uint64_t nanoseconds);
std::string rfc3339_now();

void sleep_milliseconds(int milliseconds);

/// A point in time on CLOCK_MONOTONIC, or none.
class Deadline {
 public:
  Deadline() = default;
  explicit Deadline(std::int64_t milliseconds_from_now);

  /// The remaining milliseconds for poll(2), negative if there is no deadline. It is at most
  /// 1,000,000 seconds, so a caller has to ask has_passed() after the wait.
  int left() const;
  bool has_passed() const { return left() == 0; }

 private:
  std::optional<std::int64_t> end_;
};

/// Calls `attempt` until it returns true, and pauses after each failure, first briefly, then for up
/// to `longest_pause` milliseconds. Returns false if there was no success at the deadline.
template <class Attempt>
bool retry_until(const Deadline& deadline, int longest_pause, Attempt attempt) {
  for (int pause = 1; !attempt(); pause = std::min(pause * 2, longest_pause)) {
    if (deadline.has_passed()) return false;
    sleep_milliseconds(pause);
  }
  return true;
}

}  // namespace berth::sys
