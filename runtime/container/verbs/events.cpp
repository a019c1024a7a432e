#include "runtime/container/verbs/events.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/cgroup/usage/limit_events.h"
#include "runtime/cgroup/usage/stats.h"
#include "runtime/container/identity.h"
#include "runtime/linux/base/time.h"
#include "runtime/linux/process/process.h"
#include "runtime/linux/streams/poll.h"
#include "runtime/store/state_dir.h"
#include "spec/error.h"

namespace berth::container {

namespace {

/// A container that lives, and where its processes are counted.
struct Counted {
  sys::Pidfd init;
  std::vector<store::ContainerCgroup> cgroups;
};

Counted open_counted(Context& context, const std::string& id) {
  const auto record = store::StateDir::open(context.root, id).read();
  auto init = record && record->complete ? open_process(record->init) : std::nullopt;
  if (!init) fail(ErrorKind::State, "container '" + id + "' is not running");
  Counted counted{.init = std::move(*init), .cgroups = cgroups_of(*record, Claimed::yes)};
  if (counted.cgroups.empty()) {
    fail(ErrorKind::State,
         "container '" + id + "' has no cgroup of its own, so nothing counts what it uses");
  }
  return counted;
}

spec::Event stats_event(const std::string& id, const Counted& counted) {
  return {.type = "stats", .id = id, .data = cgroup::read_stats(counted.cgroups)};
}

void report_limits(const std::string& id, cgroup::LimitWatch& limits, const ReportEvent& report) {
  const spec::LimitEvents events = limits.read_new();
  const auto report_each = [&](const char* type, std::uint64_t count) {
    for (std::uint64_t number = 0; number < count; ++number)
      report({.type = type, .id = id, .data = std::nullopt});
  };
  report_each("oom", events.memory_kills);
  report_each("pids", std::min<std::uint64_t>(events.pids_refused, 1));
}

}  // namespace

spec::Event read_stats(Context& context, const std::string& id) {
  return stats_event(id, open_counted(context, id));
}

void watch_events(Context& context, const std::string& id, int interval,
                  const ReportEvent& report) {
  const Counted counted = open_counted(context, id);
  cgroup::LimitWatch limits(counted.cgroups);
  sys::Deadline next(0);
  constexpr int kSoon = 20;
  bool has_ended = false;
  while (!has_ended) {
    if (next.has_passed()) {
      report(stats_event(id, counted));
      next = sys::Deadline(interval);
    }
    std::vector<sys::Watch> watches = limits.watches();
    watches.push_back({.fd = counted.init.fd().get()});
    (void)sys::poll_any(watches,
                        limits.expects_kill() ? std::min(next.left(), kSoon) : next.left());
    // The kernel counts a kill before it ends the process.
    has_ended = watches.back().ready;
    report_limits(id, limits, report);
  }
}

}  // namespace berth::container
