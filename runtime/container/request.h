// Completes what the command line asks of create for the compiler.
#pragma once

#include <string>

#include "runtime/compile/request.h"

namespace berth::container {

/// Adds the id, and LISTEN_FDS of the environment if LISTEN_PID is berth's pid; makes the bundle's
/// path absolute. Preserved descriptors that are closed stay closed: from now on berth opens
/// nothing there. Call it before anything is opened, because a descriptor to be preserved must be
/// the caller's.
void complete_request(const std::string& id, plan::Request& request);

/// The part of it that exec needs: the preserved descriptors.
void preserve_descriptors(plan::Request& request);

}  // namespace berth::container
