#include "runtime/container/identity.h"
#include "spec/error.h"

namespace berth::container {

namespace {

[[noreturn]] void fail_not_running() { fail(ErrorKind::State, "container not running"); }

}  // namespace

void kill(Site& site, const std::string& id, int signal, bool all) {
  const auto dir = store::StateDir::open(site.root, id);
  const auto record = dir.read();
  if (!record || !record->complete) fail_not_running();
  if (all) {
    // Engines ask for it when the first process is dead already and others may be left.
    const std::size_t reached = cgroup::signal_all(footprints_of(*record, Claimed::yes), signal);
    if (reached > 0 || status_of(dir, record) == Status::Stopped) return;
  }
  const auto process = open_process(record->init);
  if (!process || !process->signal(signal)) fail_not_running();
}

}  // namespace berth::container
