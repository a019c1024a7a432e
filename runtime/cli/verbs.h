// The verbs of berth.
#pragma once

#include <span>

#include "runtime/cli/verb.h"

namespace berth::cli {

/// In the order of `berth --help`.
std::span<const Verb* const> verbs();

}  // namespace berth::cli
