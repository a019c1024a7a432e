// A whole call of berth.
//
// Exit codes:  0        done
//              1        berth's own error: it is on standard error and in the log
//              0-255    `run` in the foreground: the program's own, 128 + N when signal N ended it
#pragma once

#include <string>
#include <vector>

#include "runtime/cli/call.h"

namespace berth::cli {

/// Parses, executes, prints, and reports failures and warnings. Returns the exit code. If it throws
/// Error, `call` says what it was about, where the log is, and which failures have not been
/// reported.
int perform(const std::vector<std::string>& words, Call& call);

}  // namespace berth::cli
