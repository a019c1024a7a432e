// Makes the text that --help prints.
#pragma once

#include <string>

#include "runtime/cli/verb.h"

namespace berth::cli {

/// For a verb; null: for berth itself.
std::string help_of(const Verb* verb);

}  // namespace berth::cli
