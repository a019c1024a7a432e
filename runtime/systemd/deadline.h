// The end of berth's patience: one for a whole request, however many calls it takes.
#pragma once

#include <time.h>

#include <cstdint>

namespace berth::systemd {

constexpr char kPatienceText[] = "60 s";

/// 60 s from its construction: a machine that starts a hundred containers at once takes half of
/// that. CLOCK_MONOTONIC, microseconds.
class Deadline {
 public:
  Deadline() : end_(now() + 60'000'000) {}

  bool is_over() const { return now() >= end_; }
  /// At least 1, because 0 means to libsystemd that there is no deadline.
  std::uint64_t left() const {
    const std::uint64_t time = now();
    return time < end_ ? end_ - time : 1;
  }

 private:
  static std::uint64_t now() {
    timespec time = {};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec) / 1000;
  }

  std::uint64_t end_;
};

}  // namespace berth::systemd
