#include "runtime/container/removal.h"

#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

#include "hooks/hooks.h"
#include "runtime/cgroup/destroy.h"
#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/scope.h"
#include "runtime/container/context.h"
#include "runtime/container/identity.h"
#include "runtime/linux/files/file_facts.h"
#include "spec/json/json.h"

namespace berth::container {

namespace {

void await_end(const sys::Pidfd& process) {
  constexpr int kMilliseconds = 10'000;
  if (!process.wait_for_exit(kMilliseconds)) {
    fail(ErrorKind::System, "the container's first process was killed and does not end");
  }
}

/// Ends the container's unit of systemd. The container's own cgroup is removed by now: if its
/// directory exists, it is that of a unit that another container has under this name.
void stop_scope(Context& context, const store::Record& record) {
  if (!record.scope) return;
  const bool is_of_others = std::ranges::any_of(record.cgroups, [](const auto& cgroup) {
    return sys::inode_if_exists(cgroup.directory).has_value();
  });
  if (is_of_others) return;
  try {
    cgroup::stop_scope(*record.scope);
  } catch (const std::exception& error) {
    // systemd forgets a scope without processes by itself.
    note_failure(context, "the container's processes and cgroup are gone; ", error);
  }
}

/// Ends the processes, and removes cgroups, the unit of systemd, and resctrl groups.
void release(Context& context, const store::Record& record) {
  const auto init = open_process(record.init);
  if (init) (void)init->signal(SIGKILL);  // false: it has ended meanwhile
  // A paused process ends only with its cgroup, which is thawed for that.
  cgroup::destroy(cgroups_of(record, Claimed::yes));
  cgroup::remove_if_empty(cgroups_of(record, Claimed::no));
  if (init) await_end(*init);
  stop_scope(context, record);
  cgroup::remove_rdt_groups(record.rdt_groups);
}

/// Kills the first process, and waits until it has ended.
void end_first_process(const store::Record& record) {
  const auto init = open_process(record.init);
  if (init && init->signal(SIGKILL)) await_end(*init);
}

bool has_remains(const store::Record& record) {
  const std::vector<store::ContainerCgroup> cgroups = cgroups_of(record, Claimed::yes);
  return open_process(record.init) ||
         std::any_of(cgroups.begin(), cgroups.end(), [](const store::ContainerCgroup& cgroup) {
           return !cgroup.topmost.empty() && sys::inode_if_exists(cgroup.directory);
         });
}

void run_poststop(Context& context, const store::Record& record) {
  if (record.hooks.poststop.empty()) return;
  const std::string state =
      spec::to_json(state_document(record, Status::Stopped), spec::Layout::Compact);
  for (std::size_t i = 0; i < record.hooks.poststop.size(); ++i) {
    try {
      hooks::run(record.hooks.poststop[i], "/hooks/poststop/" + std::to_string(i), state,
                 record.bundle);
    } catch (const std::exception& error) {
      note_failure(context, "", error);  // RT-LC-10: the others still run
    }
  }
}

}  // namespace

void destroy(Context& context, store::StateDir& dir, const store::Record& record) {
  release(context, record);
  if (record.complete || record.runs_create_hooks) run_poststop(context, record);
  dir.remove();
}

FailureGuard::~FailureGuard() {
  try {
    if (action_ == OnFailure::EndProcess) end_first_process(record_);
    if (action_ == OnFailure::Destroy) destroy();
  } catch (const std::exception& error) {
    note_failure(context_, "the container is not removed, delete --force will: ", error);
  }
}

void FailureGuard::destroy() {
  if (dir_.lock_if_exists()) {
    container::destroy(context_, dir_, record_);
  } else if (has_remains(record_) && !store::StateDir::open_if_exists(context_.root, dir_.id())) {
    // While berth has the id, no other container can be made under it.
    const auto id = store::StateDir::make(context_.root, dir_.id());
    release(context_, record_);
  }
  action_ = OnFailure::Nothing;
}

}  // namespace berth::container
