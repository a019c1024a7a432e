// The regular expressions of JSON Schema, which are those of ECMA 262, for regcomp(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::spec {

/// The POSIX extended expression that finds the same texts; nothing for what POSIX does not have:
/// assertions other than ^ and $, references to groups, characters by their number.
std::optional<std::string> posix_pattern(std::string_view pattern);

}  // namespace berth::spec
