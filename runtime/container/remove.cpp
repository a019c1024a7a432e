#include <signal.h>

#include <optional>
#include <utility>

#include "hooks/hooks.h"
#include "runtime/cgroup/destroy.h"
#include "runtime/cgroup/rdt.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "spec/json.h"

namespace berth::container {

namespace {

/// SIGKILL; nothing when it has ended before.
std::optional<sys::Pidfd> kill_process(const store::Process& process) {
  auto handle = open_process(process);
  if (!handle || !handle->signal(SIGKILL)) return std::nullopt;
  return handle;
}

void await_end(const std::optional<sys::Pidfd>& handle, const char* what) {
  constexpr int kMilliseconds = 10'000;
  if (handle && !handle->wait_for_exit(kMilliseconds)) {
    fail(ErrorKind::System, std::string(what) + " was killed and does not end");
  }
}

void run_poststop(Site& site, const store::Record& record) {
  const std::string state =
      spec::to_json(state_document(record, Status::Stopped), spec::Layout::Compact);
  for (std::size_t i = 0; i < record.hooks.poststop.size(); ++i) {
    try {
      hooks::run(record.hooks.poststop[i], "/hooks/poststop/" + std::to_string(i), state,
                 record.bundle);
    } catch (const Error& error) {
      site.failures.emplace_back(error.what());  // RT-LC-10: the others still run
    }
  }
}

/// Whoever creates or starts it holds its lock, for as long as a hook takes: they go first, and
/// what they wait for with them.
void end_holders_of_lock(const store::Record& record) {
  if (!record.complete) await_end(kill_process(record.creator), "the berth that creates it");
  (void)kill_process(record.init);  // destroy() waits for its end
  await_end(kill_process(record.starter), "the berth that starts it");
}

void check_removable(Status status) {
  if (status == Status::Running) {
    fail(ErrorKind::State, "container is running", {}, "stop it with kill, or use delete --force");
  }
  if (status == Status::Creating) {
    fail(ErrorKind::State, "container is being created", {}, "use delete --force");
  }
}

/// Engines delete by force what may be gone already.
void check_may_be_missing(const std::string& id, bool force) {
  if (!force) fail(ErrorKind::State, "container '" + id + "' does not exist");
}

}  // namespace

void destroy(Site& site, store::StateDir& dir, const store::Record& record) {
  const auto init = kill_process(record.init);
  // A paused one ends only with its cgroup, which is thawed for that.
  cgroup::destroy(footprints_of(record, Claimed::yes));
  cgroup::remove_if_empty(footprints_of(record, Claimed::no));
  await_end(init, "the container's first process");
  cgroup::remove_rdt_groups(record.rdt_groups);
  if (record.complete || record.runs_create_hooks) run_poststop(site, record);
  dir.remove();
}

void remove(Site& site, const std::string& id, bool force) {
  auto found = store::StateDir::open_if_exists(site.root, id);
  if (!found) return check_may_be_missing(id, force);
  store::StateDir dir = std::move(*found);
  auto record = dir.read();
  if (!force) check_removable(status_of(dir, record));
  if (force && record) end_holders_of_lock(*record);
  const auto lock = dir.lock_if_exists();
  if (!lock) return check_may_be_missing(id, force);
  record = dir.read();
  if (!force) check_removable(status_of(dir, record));
  if (record) {
    destroy(site, dir, *record);
  } else {
    dir.remove();
  }
}

}  // namespace berth::container
