// Parses names of signals as people and engines write them.
#pragma once

#include <string>

namespace berth::container {

/// `TERM`, `SIGTERM`, `sigterm`, `15`, `RTMIN+3`: in any case. 0 is not a signal: it checks whether
/// the process exists, kill(2). Config error (origin `signal`) that lists what is allowed.
int parse_signal(const std::string& text);

}  // namespace berth::container
