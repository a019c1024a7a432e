#include "runtime/container/kill.h"

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
  if (options.all) {
    // Engines use --all when the first process is dead already and others may be left.
    const pid_t first = is_reached ? record->init.pid : 0;
    return cgroup::signal_all(cgroups_of(*record, Claimed::yes), signal, first);
  }
  if (!is_reached) fail_not_running();
}

}  // namespace berth::container
