// Which requirement of the specification a property is about: the build makes the table of it from
// conformance/requirements.tsv.
#pragma once

#include <string_view>

namespace berth::spec {

/// The id for a JSON pointer into config.json, or for what the pointer is below; empty when we know
/// none.
std::string_view requirement_of(std::string_view pointer);

}  // namespace berth::spec
