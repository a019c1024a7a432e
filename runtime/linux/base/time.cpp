#include "runtime/linux/base/time.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace berth::sys {

namespace {

/// The system call, not the C library's function: that looks for the vDSO's, and to a process which
/// asks three times the vDSO's symbols and its two pages cost more. The clocks that berth uses
/// exist.
timespec now_on(clockid_t clock) {
  timespec now = {};
  (void)::syscall(SYS_clock_gettime, clock, &now);
  return now;
}

std::int64_t monotonic_milliseconds() {
  const timespec now = now_on(CLOCK_MONOTONIC);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

std::uint64_t realtime_nanoseconds() noexcept {
  const timespec now = now_on(CLOCK_REALTIME);
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
