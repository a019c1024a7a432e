// Lists like 0-3,6 of processors or memory nodes, as cpuset(7) "List format" has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::plan {

/// Bit N of the mask is bit N % 32 of the number N / 32.
using BitMask = std::vector<std::uint32_t>;

/// Blanks are ignored. Nothing if the text is not such a list, or has a number that is not below
/// `limit`.
std::optional<BitMask> read_bit_list(std::string text, std::uint32_t limit);

}  // namespace berth::plan
