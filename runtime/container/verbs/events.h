// events: what a container uses, and what its limits do to it.
#pragma once

#include <functional>
#include <string>

#include "runtime/container/context.h"
#include "spec/documents/stats.h"

namespace berth::container {

using ReportEvent = std::function<void(const spec::Event&)>;

/// The numbers of one moment. A State error if the container is stopped or has no cgroup.
spec::Event read_stats(Context& context, const std::string& id);

/// Reports the numbers now and every `interval` milliseconds, and at once each process that was
/// killed for the memory limit (`oom`) and that forks were refused (`pids`), until the container's
/// first process has ended. A State error if it has already.
void watch_events(Context& context, const std::string& id, int interval, const ReportEvent& report);

}  // namespace berth::container
