// Which requirement of the specification concerns a property. The build generates the table from
// conformance/requirements.tsv.
#pragma once

#include <string_view>

namespace berth::spec {

/// The requirement's id for a JSON pointer into config.json or its nearest parent that has one, or
/// an empty text.
std::string_view requirement_of(std::string_view pointer);

}  // namespace berth::spec
