#include "runtime/container/verbs/delete.h"

#include <signal.h>

#include <optional>
#include <utility>

#include "runtime/cgroup/kill.h"
#include "runtime/container/context.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "runtime/linux/base/time.h"
#include "runtime/store/state_root.h"
#include "spec/error.h"

namespace berth::container {

namespace {

bool is_begun(Status status) { return status == Status::Running || status == Status::Paused; }

void check_removable(Status status) {
  if (is_begun(status)) {
    fail(ErrorKind::State, "container is " + status_word(status), {},
         "stop it with kill, or use delete --force");
  }
  if (status == Status::Creating) {
    fail(ErrorKind::State, "container is being created", {}, "use delete --force");
  }
}

[[noreturn]] void fail_missing(const std::string& id) {
  fail(ErrorKind::State, "container '" + id + "' does not exist");
}

/// Engines delete by force containers that may be gone already. A create that was killed before it
/// had the id may have left a directory.
void remove_missing(const Context& context, const std::string& id, bool force) {
  if (!force) fail_missing(id);
  const auto root = store::open_root_if_exists(context.root);
  const std::string left = root ? store::remove_leftovers(*root) : "";
  if (left.empty()) return;
  fail(ErrorKind::System,
       "'" + root->path_of(left) + "', which a killed command has left, cannot be removed");
}

/// With `force`, a Record that does not describe this container is reported, and the result is
/// empty, so that the id is not blocked forever. A Record that cannot be read just now is still an
/// error.
std::optional<store::Record> read_record(Context& context, const store::StateDir& dir, bool force) {
  try {
    return dir.read();
  } catch (const Error& error) {
    if (!force || error.kind() != ErrorKind::State) throw;
    note_failure(context, "processes and cgroups of the container are not known: ", error);
    return std::nullopt;
  }
}

void kill_holder(const sys::Pidfd& holder, pid_t pid) {
  constexpr int kMilliseconds = 10'000;
  if (holder.signal(SIGKILL) && !holder.wait_for_exit(kMilliseconds)) {
    fail(ErrorKind::System, "process " + std::to_string(pid) +
                                ", which holds the container's lock, was killed and does not end");
  }
}

/// Ends the command that holds the lock. The creator of an incomplete container and a stopped
/// command are killed at once; another command gets a moment to end by itself.
void end_holder(const store::StateDir& dir, const std::optional<store::Record>& record) {
  constexpr int kPatience = 2'000, kPause = 10;
  const pid_t creator = record && !record->complete ? record->creator.pid : 0;
  const sys::Deadline deadline(kPatience);
  for (auto pid = dir.holder(); pid && !deadline.has_passed(); pid = dir.holder()) {
    const auto stat = sys::read_process_stat(*pid);
    if (*pid == creator || (stat && stat->is_stopped())) break;
    sys::sleep_milliseconds(kPause);
  }
  const auto pid = dir.holder();
  const auto stat = pid ? sys::read_process_stat(*pid) : std::nullopt;
  const auto process =
      stat ? open_process({.pid = *pid, .start_time = stat->start_time, .number = 0})
           : std::nullopt;
  // If it still holds the lock, it is the process of this handle, and not one that got its pid.
  if (process && dir.holder() == pid) kill_holder(*process, *pid);
}

/// A command that starts the container may wait for its processes. So these are killed first,
/// frozen or not, and then the command, if it still holds the lock.
void clear_the_way(Context& context, const store::StateDir& dir) {
  if (!dir.holder()) return;
  const auto record = read_record(context, dir, true);
  if (record && record->complete) {
    const auto init = open_process(record->init);
    if (init) (void)init->signal(SIGKILL);  // false: it has ended meanwhile
    cgroup::kill_all(cgroups_of(*record, Claimed::yes));
  }
  end_holder(dir, record);
}

/// `kill` does not wait until the process has ended, and a delete right after it is not a mistake.
/// A process that has taken the signal, and has not begun to end, shows neither for a moment; so
/// one that seems not to have been killed gets that moment, too.
void await_end_of_killed(const store::Record& record) {
  constexpr int kMilliseconds = 2'000;  // a process in a frozen cgroup does not end
  constexpr int kMoment = 100;          // milliseconds
  const auto process = open_process(record.init);
  const auto stat = process ? sys::read_process_stat(record.init.pid) : std::nullopt;
  const bool shows = stat && (stat->is_killed || stat->is_exiting);
  if (process) (void)process->wait_for_exit(shows ? kMilliseconds : kMoment);
}

/// Requires that no other command works on the container.
void check_removable(const store::StateDir& dir, const store::Record& record) {
  Status status = status_of(dir, record);
  if (is_begun(status)) {
    await_end_of_killed(record);
    status = status_of(dir, record);
  }
  check_removable(status);
}

/// delete does not wait for a command that creates or starts the container: it may take long.
void check_removable_when_locked(const store::StateDir& dir) {
  if (!dir.is_locked()) return;
  const auto seen = observe(dir);
  if (!seen) fail_missing(dir.id());
  if (is_begun(seen->status)) return check_removable(dir, *seen->record);
  check_removable(seen->status);
}

}  // namespace

void remove(Context& context, const std::string& id, const DeleteOptions& options) {
  const bool force = options.force;
  auto found = store::StateDir::open_if_exists(context.root, id);
  if (!found) return remove_missing(context, id, force);
  store::StateDir dir = std::move(*found);
  if (force) {
    clear_the_way(context, dir);
  } else {
    check_removable_when_locked(dir);
  }
  if (!dir.lock_if_exists()) return remove_missing(context, id, force);
  const auto record = read_record(context, dir, force);
  if (!force && record) check_removable(dir, *record);
  if (record) {
    destroy(context, dir, *record);
  } else {
    dir.remove();
  }
}

}  // namespace berth::container
