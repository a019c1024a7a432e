// Checks UTF-8 (RFC 3629), both in documents that berth reads and in text that it writes.
#pragma once

#include <cstddef>
#include <string_view>

namespace berth::spec {

/// The length of the well-formed sequence at the beginning of `text`, or 0.
std::size_t utf8_length(std::string_view text);

/// The offset of the first byte that is not UTF-8, or npos.
std::size_t find_bad_utf8(std::string_view text);

/// Whether the text can be passed to the kernel: UTF-8 without NUL.
bool is_plain_text(std::string_view text);

}  // namespace berth::spec
