// argv -> Call. The command line is that of the OCI runtimes that engines know: global flags, verb,
// the verb's flags and arguments; `--flag value` and `--flag=value`; `-flag` for `--flag`; of a
// repeated flag the last one counts. Nothing is done here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/cli/call.h"

namespace berth::cli {

/// `words` is argv without the program's name. Throws Error (Config, or Unsupported for a flag that
/// other runtimes have and berth has not; the origin is the flag). `call` then holds what was
/// understood before it: the error goes to the log that was asked for.
void parse(const std::vector<std::string>& words, Call& call);

/// `create`, … as typed.
std::string_view name_of(Verb verb);

}  // namespace berth::cli
