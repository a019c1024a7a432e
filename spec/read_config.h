// config.json, bytes to values: JSON, types and the rules of the text that need no knowledge of the
// host. The rules themselves are in config_describe.h and config_describe_linux.h.
#pragma once

#include <string>

#include "spec/config.h"
#include "spec/error.h"

namespace berth::spec {

/// Adds every mistake, in document order and with line and column, to `problems`; with any, the
/// result is not to be used. Unknown properties are ignored (EX-1); null, which real files have for
/// properties that need not be there, counts as absent.
Config read_config(const std::string& bytes, Problems& problems);

}  // namespace berth::spec
