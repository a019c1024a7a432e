#include "runtime/linux/base/time.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/system_error.h"

namespace berth::sys {

namespace {

/// berth makes the system call itself: musl's function looks it up in the vDSO first, whose symbols
/// and two pages cost a process more than the three calls that it makes.
bool read_clock(clockid_t clock, timespec& now) {
  return call(SYS_clock_gettime, clock, &now) == 0;
}

std::int64_t monotonic_milliseconds() {
  timespec now = {};
  if (!read_clock(CLOCK_MONOTONIC, now)) fail_errno("clock_gettime", "CLOCK_MONOTONIC");
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

std::uint64_t realtime_nanoseconds() noexcept {
  timespec now = {};
  (void)read_clock(CLOCK_REALTIME, now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

std::string rfc3339(std::uint64_t nanoseconds) {
  // gmtime_r(3) would read the time zone database.
  using namespace std::chrono;
  const sys_time<std::chrono::nanoseconds> moment{
      std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds))};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  std::array<char, 64> text = {};
  (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02ld:%02ld:%02ld.%09ldZ",
                      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()), static_cast<long>(time.hours().count()),
                      static_cast<long>(time.minutes().count()),
                      static_cast<long>(time.seconds().count()),
                      static_cast<long>(time.subseconds().count()));  // the buffer fits every date
  return text.data();
}

std::string rfc3339_now() { return rfc3339(realtime_nanoseconds()); }

void sleep_milliseconds(int milliseconds) {
  const timespec pause = {.tv_sec = milliseconds / 1000,
                          .tv_nsec = milliseconds % 1000 * 1'000'000L};
  (void)::nanosleep(&pause, nullptr);  // a signal may shorten it
}

Deadline::Deadline(std::int64_t milliseconds_from_now)
    : end_(monotonic_milliseconds() + std::min(milliseconds_from_now, INT64_MAX / 2)) {}

int Deadline::left() const {
  constexpr std::int64_t kPortion = 1'000'000'000;
  if (!end_) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(*end_ - monotonic_milliseconds(), 0, kPortion));
}

}  // namespace berth::sys
