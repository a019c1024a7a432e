// Waiting without sleeping: a descriptor tells, or a condition is looked at again and again. The
// deadline is for what hangs; it is long enough for a loaded machine and never part of a check.
#pragma once

#include <chrono>

namespace berth::test {

class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds patience = std::chrono::seconds(30))
      : end_(std::chrono::steady_clock::now() + patience) {}

  bool passed() const { return milliseconds_left() == 0; }
  int milliseconds_left() const;

 private:
  std::chrono::steady_clock::time_point end_;
};

/// False at the deadline. End of file counts as readable.
bool wait_readable(int fd, const Deadline& deadline);

void pause_briefly();

/// For what no descriptor tells. False when it still does not hold at the deadline.
template <typename Condition>
bool eventually(Condition holds, const Deadline& deadline = Deadline()) {
  while (!holds()) {
    if (deadline.passed()) return false;
    pause_briefly();
  }
  return true;
}

}  // namespace berth::test
