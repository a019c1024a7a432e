// `--pidfd-socket` of create, run and exec.
#pragma once

#include <string>

#include "runtime/linux/process/program.h"

namespace berth::container {

/// Connects to the socket and sends the handle of the process there, as SCM_RIGHTS of a message
/// `pidfd`. Does nothing without a path; errors name the flag.
void send_pidfd(const std::string& socket, const sys::ChildProcess& process);

}  // namespace berth::container
