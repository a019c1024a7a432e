// The one UTF-8 check, RFC 3629: for documents we read and for texts we write.
#pragma once

#include <cstddef>
#include <string_view>

namespace berth::spec {

/// Bytes of the well-formed sequence that `text` starts with; 0 when it starts with none.
std::size_t utf8_length(std::string_view text);

/// The offset of the first byte that is no UTF-8, or npos.
std::size_t find_bad_utf8(std::string_view text);

/// What may be handed to the kernel: UTF-8 without NUL.
bool is_plain_text(std::string_view text);

}  // namespace berth::spec
