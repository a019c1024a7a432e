#pragma once

// Catch2 3 under the names of Catch2 2, for which the tests are written: Debian 12 has 2, Debian 13
// has 3. Only the build with 3 has this directory in its include path.
#include <catch2/catch_all.hpp>
#include <string>

namespace Catch {

using Matchers::EndsWith;
using Matchers::MatcherBase;
using Matchers::Matches;
using Matchers::StartsWith;
using Matchers::VectorContains;

inline auto Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }

}  // namespace Catch
