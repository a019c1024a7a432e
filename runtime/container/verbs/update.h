// Changes the limits of a container that exists.
#pragma once

#include <string>

#include "runtime/container/context.h"
#include "runtime/container/update_request.h"

namespace berth::container {

struct UpdateOptions : UpdateRequest {
  bool dry_run = false;
};

/// Writes what is asked for, and nothing else, to the cgroups of a created, running or paused
/// container: all of it, or none if the kernel refuses a value. The device rules are replaced as a
/// whole, without a moment in which a device can be used that neither the old ones nor the new ones
/// allow. Returns a line for each change; with `dry_run` nothing is changed. RS-MEM-3
std::string update(Context& context, const std::string& id, const UpdateOptions& options);

}  // namespace berth::container
