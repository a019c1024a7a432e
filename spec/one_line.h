// Text of another program, as a part of a message.
#pragma once

#include <string>
#include <string_view>

namespace berth {

/// The text with a space for each run of control characters, and without those at its ends.
std::string one_line(std::string_view text);

}  // namespace berth
