// What --version prints.
#pragma once

#include <string>

namespace berth::cli {

/// Three lines: `berth version X`, `commit: X`, `spec: X`. docker takes what follows the word
/// "version" for the version on every line that has it: only the first may.
std::string version_text();

}  // namespace berth::cli
