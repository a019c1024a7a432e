// Names of signals as people and engines write them.
#pragma once

#include <string>

namespace berth::container {

/// `TERM`, `SIGTERM`, `sigterm`, `15`, `RTMIN+3`: any case. Config error (origin `signal`) that
/// tells what is allowed.
int parse_signal(const std::string& text);

}  // namespace berth::container
