// The text area of a Plan: NUL-terminated texts and aligned arrays, found by offset. A read stays
// in the area whatever the offset is, because a step may come from another process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/steps/operands.h"

namespace berth::plan {

std::string_view text_in(std::string_view area, Text text);
std::vector<std::string> list_in(std::string_view area, TextList list);
std::vector<std::uint32_t> numbers_in(std::string_view area, NumberList list);

}  // namespace berth::plan
