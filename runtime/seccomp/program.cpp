#include "runtime/seccomp/program.h"

#include <linux/seccomp.h>

namespace berth::seccomp {

namespace {

constexpr bool kLowFirst = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

sock_filter load_half(std::uint32_t argument, bool second) {
  constexpr std::size_t kHalf = sizeof(std::uint32_t);
  return load(offsetof(seccomp_data, args) + (2 * argument + (second ? 1 : 0)) * kHalf);
}

}  // namespace

sock_filter load_low(std::uint32_t argument) { return load_half(argument, !kLowFirst); }

sock_filter load_high(std::uint32_t argument) { return load_half(argument, kLowFirst); }

void Ranges::add(std::uint32_t first, Place place) {
  if (!ranges_.empty() && ranges_.back().first == first) ranges_.pop_back();
  if (ranges_.empty() || ranges_.back().place != place) ranges_.push_back({first, place});
}

Place Writer::write(sock_filter instruction) {
  written_.push_back(instruction);
  return written_.size() - 1;
}

Place Writer::answer(std::uint32_t action) {
  for (const auto& [written, place] : answers_) {
    if (written == action) return place;
  }
  answers_.emplace_back(action, write(BPF_STMT(BPF_RET | BPF_K, action)));
  return answers_.back().second;
}

/// Does what `place` does: an answer is written once more, anything else is jumped to.
Place Writer::repeat(Place place) {
  const sock_filter there = written_[place];
  if (there.code == (BPF_RET | BPF_K)) return write(there);
  const std::size_t between = written_.size() - 1 - place;
  return write(BPF_STMT(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(between)));
}

Place Writer::before(Place next, sock_filter instruction) {
  if (next != written_.size() - 1) repeat(next);
  return write(instruction);
}

/// A branch skips at most 255 instructions. The result is within its reach, even if one more
/// instruction is written before the branch.
Place Writer::nearby(Place place) {
  constexpr std::size_t kReach = 255;
  if (written_.size() - place <= kReach) return place;
  Place& last = repeated_.try_emplace(place, place).first->second;
  if (written_.size() - last > kReach) last = repeat(place);
  return last;
}

Place Writer::branch(std::uint16_t test, std::uint32_t value, Place yes, Place no) {
  yes = nearby(yes);
  no = nearby(no);
  return write({.code = static_cast<std::uint16_t>(BPF_JMP | test | BPF_K),
                .jt = static_cast<std::uint8_t>(written_.size() - 1 - yes),
                .jf = static_cast<std::uint8_t>(written_.size() - 1 - no),
                .k = value});
}

Place Writer::search(std::span<const Range> ranges) {
  if (ranges.size() == 1) return ranges.front().place;
  const std::size_t middle = ranges.size() / 2;
  const Place upper = search(ranges.subspan(middle));
  const Place lower = search(ranges.first(middle));
  return branch(BPF_JGE, ranges[middle].first, upper, lower);
}

}  // namespace berth::seccomp
