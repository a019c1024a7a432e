// Names of signals as people and engines write them.
#pragma once

#include <string>

namespace berth::container {

/// `TERM`, `SIGTERM`, `sigterm`, `15`, `RTMIN+3`: any case. 0 is no signal: it asks whether the
/// process is there, kill(2). Config error (origin `signal`) that tells what is allowed.
int parse_signal(const std::string& text);

}  // namespace berth::container
