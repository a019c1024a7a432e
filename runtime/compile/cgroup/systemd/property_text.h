// Values of unit properties as text, in the annotations org.systemd.property.*. GVariant text
// format
#pragma once

#include <string>
#include <string_view>

#include "runtime/plan/scope.h"

namespace berth::plan {

/// Reads `uint64 5`, `'text'`, `['a', 'b']`, `true`, `1.5`, `@t 5`, `('a', 1)`; stores signature
/// and values. Returns what is wrong; empty if nothing is.
std::string read_property_text(std::string_view text, UnitProperty& property);

}  // namespace berth::plan
