// What is needed to give a program its HOME: engines leave that to the runtime.
#pragma once

#include <string>

#include "runtime/compile/request.h"
#include "spec/config/config.h"

namespace berth::container {

/// Reads /etc/passwd below the container's root, unless the program has a HOME already. Nothing
/// that the container has in its place may prevent the program.
void find_home(const spec::Process& process, const std::string& root, plan::Request& request);

}  // namespace berth::container
