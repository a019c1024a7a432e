// argv -> Call and options. The command line is that of the OCI runtimes that engines know: global
// flags, verb, the verb's flags and arguments; `--flag value` and `--flag=value`; `-flag` for
// `--flag`; of a repeated flag the last one counts. Nothing is done here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/cli/verb.h"

namespace berth::cli {

/// `words` is argv without the program's name. Returns the options of `call.verb`; null when there
/// is only a text to print. Throws Error (Config, or Unsupported for a flag that other runtimes
/// have and berth has not; the origin is the flag). `call` then holds what was understood before
/// it: the error goes to the log that was asked for.
std::unique_ptr<Options> parse(const std::vector<std::string>& words, Call& call);

}  // namespace berth::cli
