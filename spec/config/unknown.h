// Properties of a config.json that berth ignores: those that the specification does not know
// (EX-1), most of which are misspelt, and known ones whose value counts as absent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/error.h"

namespace berth::spec {

struct IgnoredProperties {
  Problems unknown;
  Problems empty;  ///< nulls and empty strings that count as absent
};

/// Returns a problem for each, at its pointer, with line and column, in document order. None if the
/// bytes are not JSON. The names of maps (annotations, sysctl, …) are free; properties that the
/// specification has for other platforms are known.
IgnoredProperties find_ignored_properties(const std::string& bytes);

/// The name of the list that `name` is probably meant to be, or an empty text. Case is ignored.
std::string closest_name(std::string_view name, const std::vector<std::string_view>& names);

}  // namespace berth::spec
