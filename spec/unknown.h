// Properties of a config.json that are ignored: those that the specification does not know (EX-1),
// most of which are misspelt, and known ones whose value says nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/error.h"

namespace berth::spec {

struct Oddities {
  Problems unknown;
  Problems empty;  ///< null, or an empty string that counts as absent
};

/// One problem for each of them, at its pointer, with line and column, in document order. None when
/// the bytes are no JSON. Names of maps (annotations, sysctl, …) are anybody's; what the
/// specification has for other platforms is known.
Oddities find_oddities(const std::string& bytes);

/// The one of `names` that somebody who wrote `name` is likely to have meant; empty: none is.
/// Letters of the other case count as the same.
std::string closest_name(std::string_view name, const std::vector<std::string_view>& names);

}  // namespace berth::spec
