// What --help prints.
#pragma once

#include <string>

#include "runtime/cli/verb.h"

namespace berth::cli {

/// Of a verb; null: of berth itself.
std::string help_of(const Verb* verb);

}  // namespace berth::cli
