// `--pid-file` of create, run and exec.
#pragma once

#include <sys/types.h>

#include <string>

namespace berth::container {

/// Writes digits only, because engines parse the whole content as a number. Does nothing without a
/// path; errors name the flag.
void write_pid_file(const std::string& path, pid_t pid);

}  // namespace berth::container
