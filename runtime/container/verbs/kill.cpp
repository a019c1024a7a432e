#include "runtime/container/verbs/kill.h"

#include <signal.h>

#include <vector>

#include "runtime/cgroup/freeze.h"
#include "runtime/cgroup/kill.h"
#include "runtime/container/identity.h"
#include "runtime/container/signal_name.h"
#include "spec/error.h"

namespace berth::container {

namespace {

[[noreturn]] void fail_not_running() { fail(ErrorKind::State, "container not running"); }

}  // namespace

void kill(Context& context, const std::string& id, const KillOptions& options) {
  const int signal = parse_signal(options.signal);
  const auto dir = store::StateDir::open(context.root, id);
  const auto record = dir.read();
  if (!record || !record->complete) fail_not_running();
  // The first process gets it before all others, whatever is wrong with the container's cgroup.
  const auto process = open_process(record->init);
  const bool is_reached = process && process->signal(signal);
  const auto cgroups =
      options.all ? cgroups_of(*record, Claimed::yes) : std::vector<store::ContainerCgroup>{};
  // Engines use --all when the first process is dead already and others may be left.
  if (!cgroups.empty()) {
    return cgroup::signal_all(cgroups, signal, is_reached ? record->init.pid : 0);
  }
  if (!is_reached) fail_not_running();
  if (signal == SIGKILL) cgroup::thaw_to_kill(record->freezers);
  if (options.all) {
    context.failures.emplace_back(
        "the container has no cgroup, so its other processes are not found: only the first one "
        "received the signal");
  }
}

}  // namespace berth::container
