// JSON pointers (RFC 6901) as texts.
#pragma once

#include <string>
#include <string_view>

namespace berth::spec {

/// A member name as a token of a pointer, with `/` and `~` escaped.
std::string pointer_token(std::string_view name);

bool is_at_or_below(std::string_view pointer, std::string_view outer);

}  // namespace berth::spec
