#include "runtime/compile/process/bit_list.h"

#include <string_view>

#include "spec/text.h"

namespace berth::plan {

namespace {

/// Adds `FIRST` or `FIRST-LAST` to the mask. False if it is neither, or goes beyond the limit.
bool add_range(std::string_view range, std::uint32_t limit, BitMask& mask) {
  constexpr std::uint32_t kBits = 32;
  const bool has_end = range.find('-') != range.npos;
  std::uint32_t first = 0;
  if (!text::read_number(text::take(range, '-'), first)) return false;
  std::uint32_t last = first;
  if (has_end && !text::read_number(range, last)) return false;
  if (last < first || last >= limit) return false;
  if (mask.size() <= last / kBits) mask.resize(last / kBits + 1);
  for (std::uint32_t bit = first; bit <= last; ++bit) mask[bit / kBits] |= 1U << bit % kBits;
  return true;
}

}  // namespace

std::optional<BitMask> read_bit_list(std::string text, std::uint32_t limit) {
  std::erase(text, ' ');
  BitMask mask;
  for (std::string_view rest = text; !rest.empty();) {
    if (!add_range(text::take(rest, ','), limit, mask)) return std::nullopt;
  }
  return mask;
}

}  // namespace berth::plan
