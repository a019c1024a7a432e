#include <signal.h>

#include "hooks/hooks.h"
#include "runtime/cgroup/destroy.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "spec/json.h"

namespace berth::container {

namespace {

constexpr int kExitMilliseconds = 10'000;

void end_process(const store::Process& process, const char* what) {
  const auto handle = open_process(process);
  if (!handle || !handle->signal(SIGKILL)) return;
  if (!handle->wait_for_exit(kExitMilliseconds)) {
    fail(ErrorKind::System, std::string(what) + " (pid " + std::to_string(process.pid) +
                                ") was killed and does not end");
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
      site.warnings.emplace_back(error.what());  // RT-LC-10: the others still run
    }
  }
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
  end_process(record.init, "the container's first process");
  cgroup::destroy(footprints_of(record));
  if (record.complete) run_poststop(site, record);
  dir.remove();
}

void remove(Site& site, const std::string& id, bool force) {
  auto found = store::StateDir::open_if_exists(site.root, id);
  if (!found) return check_may_be_missing(id, force);
  store::StateDir dir = std::move(*found);
  auto record = dir.read();
  if (!force) check_removable(status_of(dir, record));
  // A berth that is still creating it holds the lock: it goes first, and its init with it.
  if (record && !record->complete) end_process(record->creator, "the berth that creates it");
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
