// Parses argv into a Call and options. The syntax is that of the OCI runtimes that engines know:
// global flags, verb, the verb's flags and arguments; `--flag value` and `--flag=value`; `-flag`
// for `--flag`; if a flag is repeated, the last one counts. Carries out nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/cli/verb.h"

namespace berth::cli {

/// `words` is argv without the program's name. Returns the options of `call.verb`; null if there is
/// only a text to print. Throws Error with the flag as its origin: Config, or Unsupported for a
/// flag that other runtimes have and berth lacks. `call` then has everything that was parsed
/// before, so that the error goes to the log that was asked for.
std::unique_ptr<Options> parse(const std::vector<std::string>& words, Call& call);

}  // namespace berth::cli
