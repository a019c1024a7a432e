// Makes the text that --version prints.
#pragma once

#include <string>

namespace berth::cli {

/// Three lines: `berth version X`, `commit: X`, `spec: X`. docker takes the text after the word
/// "version" on any line for the version, so only the first line may have that word.
std::string version_text();

}  // namespace berth::cli
