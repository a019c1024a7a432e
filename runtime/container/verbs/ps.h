// The processes of a container.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/container/context.h"

namespace berth::container {

/// The sorted pids, in berth's pid namespace, of all processes of a container: those in its
/// cgroups, or if it has none, those in its pid namespace. None if it is stopped. A State error if
/// it has neither, because berth cannot tell its processes from others then.
std::vector<pid_t> list_processes(Context& context, const std::string& id);

/// The lines about these processes that ps(1) prints with the options, below its header.
std::string process_table(Context& context, const std::string& id,
                          const std::vector<std::string>& options);

}  // namespace berth::container
