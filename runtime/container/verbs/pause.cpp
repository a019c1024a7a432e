#include "runtime/container/verbs/pause.h"

#include <utility>

#include "runtime/cgroup/freeze.h"
#include "runtime/container/identity.h"
#include "spec/error.h"

namespace berth::container {

namespace {

[[noreturn]] void fail_status(Status status, const char* needed) {
  fail(ErrorKind::State, "container is " + status_word(status) + ", not " + needed);
}

/// Waits for the command that holds the lock, so that a container is not being made or started.
store::Record read_locked(store::StateDir& dir, const char* needed) {
  dir.lock();
  auto record = dir.read();
  if (!record) fail_status(Status::Stopped, needed);
  return std::move(*record);
}

/// v1 would keep a process that received SIGKILL meanwhile from its end.
bool is_ending(const store::Record& record) {
  const auto stat = sys::read_process_stat(record.init.pid);
  return !open_process(record.init) || (stat && (stat->is_killed || stat->is_exiting));
}

}  // namespace

void pause(Context& context, const std::string& id) {
  auto dir = store::StateDir::open(context.root, id);
  const store::Record record = read_locked(dir, "running");
  const Status status = status_of(dir, record);
  if (status != Status::Running) fail_status(status, "running");
  sys::SignalFd interrupt(cgroup::freeze_signals());
  cgroup::freeze(record.freezers, interrupt);
  if (!is_ending(record)) return;
  (void)cgroup::thaw(record.freezers);  // false: its cgroup is gone
  fail_status(Status::Stopped, "running");
}

void resume(Context& context, const std::string& id) {
  auto dir = store::StateDir::open(context.root, id);
  const store::Record record = read_locked(dir, "paused");
  const Status status = status_of(dir, record);
  if (status == Status::Stopped || !cgroup::thaw(record.freezers)) fail_status(status, "paused");
}

}  // namespace berth::container
