// Writes a program for the kernel's filter machine (classic BPF) from its end to its beginning:
// every jump leads forward, so its target is there already. seccomp(2)
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace berth::seccomp {

using Program = std::vector<sock_filter>;

/// The kernel accepts no more: BPF_MAXINSNS.
constexpr std::size_t kMostInstructions = 4096;

/// Names an instruction by the number of those that follow it.
using Place = std::size_t;

/// All numbers from `first` up to the next range lead to `place`.
struct Range {
  std::uint32_t first;
  Place place;
};

/// Ranges in ascending order. The first one begins with 0.
class Ranges {
 public:
  Ranges() { ranges_.reserve(kUsual); }
  /// Adds all numbers from `first` on. The last range begins there or below.
  void add(std::uint32_t first, Place place);
  std::span<const Range> all() const { return ranges_; }

 private:
  static constexpr std::size_t kUsual = 256;  ///< more than those of Docker's profile
  std::vector<Range> ranges_;
};

class Writer {
 public:
  /// Ends the program with this action.
  Place answer(std::uint32_t action);
  /// Executes one instruction, then goes on at `next`.
  Place before(Place next, sock_filter instruction);
  /// Compares the loaded word with `value` (BPF_JEQ, BPF_JGT, BPF_JGE).
  Place branch(std::uint16_t test, std::uint32_t value, Place yes, Place no);
  /// Goes on at the place of the range that the loaded number is in.
  Place search(std::span<const Range> ranges);

  /// The program begins with what was written last.
  Program program() const { return {written_.rbegin(), written_.rend()}; }

 private:
  Place write(sock_filter instruction);
  Place repeat(Place place);
  Place nearby(Place place);
  Place search_without(std::size_t exception, std::span<const Range> ranges);

  Program written_;
  std::vector<std::pair<std::uint32_t, Place>> answers_;  ///< a few
  std::map<Place, Place> repeated_;  ///< for each place: the last one that repeats it
};

/// Loads a word of struct seccomp_data.
constexpr sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
/// Loads half of an argument of the call: arguments have 64 bits, and the machine works on 32.
sock_filter load_low(std::uint32_t argument);
sock_filter load_high(std::uint32_t argument);
/// Clears the other bits of the loaded word.
constexpr sock_filter mask(std::uint32_t kept) { return BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kept); }

}  // namespace berth::seccomp
