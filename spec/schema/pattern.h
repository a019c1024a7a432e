// Translates the regular expressions of JSON Schema (ECMA 262) for regcomp(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::spec {

/// The POSIX extended expression that matches the texts which `pattern` matches, or nothing for
/// what POSIX lacks: assertions other than ^ and $, back-references, and characters by number.
std::optional<std::string> posix_pattern(std::string_view pattern);

}  // namespace berth::spec
