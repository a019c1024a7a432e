// Reads config.json: JSON, types, and the rules that need no knowledge of the host.
// config.h and the headers of its chapters have the rules.
#pragma once

#include <string>

#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::spec {

/// Adds every mistake to `problems`, in document order and with line and column; if there are any,
/// the result must not be used. Unknown properties are ignored (EX-1). A null counts as absent
/// where a property is optional, because real files contain such nulls.
Config read_config(const std::string& bytes, Problems& problems);

}  // namespace berth::spec
