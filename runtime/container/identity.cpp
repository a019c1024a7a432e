#include "runtime/container/identity.h"

#include <utility>

#include "runtime/cgroup/freeze.h"
#include "runtime/cgroup/usage/limit_events.h"
#include "runtime/linux/base/time.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/streams/socket.h"
#include "spec/error.h"

namespace berth::container {

namespace {

constexpr char kInitName[] = "berth-init";

/// Until its execve init runs the very file that berth wrote for it. Another file can have its name
/// and path, too.
std::optional<bool> runs_init(pid_t pid, const sys::FileIdentity& init) {
  if (init.inode == 0) return std::nullopt;  // in the Record of an older berth
  const auto file = sys::executable_of(pid);
  return file ? std::optional(*file == init) : std::nullopt;
}

/// Without a start time, the pid can only be that process's.
std::optional<bool> has_begun(pid_t pid, std::optional<std::uint64_t> start_time,
                              const sys::FileIdentity& init) {
  constexpr int kLooks = 2'000, kPause = 5;  // 10 s, of which little is usually needed
  for (int look = 0; look < kLooks; ++look) {
    // execve(2) changes the file first, then closes the connection, then changes the name. The end
    // of a process shows in its flags before its connection closes, and leaves its name as it is.
    const bool runs_another = runs_init(pid, init) == false;
    if (runs_another && !start_time) return true;
    const auto stat = sys::read_process_stat(pid);
    if (!stat || (start_time && stat->start_time != *start_time)) return std::nullopt;
    if (runs_another || stat->comm != kInitName) return true;
    if (stat->is_dead() || stat->is_exiting) return false;
    sys::sleep_milliseconds(kPause);
  }
  return false;  // it still is init, which berth does not answer any more
}

/// Whether init waits for start, or runs hooks while a start or run of another process has the
/// lock. The socket first: once it is not bound any more, the lock shows who has had it closed.
bool is_held_back(const store::StateDir& dir) {
  return sys::is_bound_at(dir.dir(), "start") || dir.holder();
}

/// Nothing if it has ended or its pid belongs to another process by now. If /proc hides the
/// process, it gets the name of berth-init, because /proc shows the caller's programs to the
/// caller.
std::optional<sys::ProcessStat> living(const store::Process& process) {
  if (process.pid == 0) return std::nullopt;
  auto stat = sys::read_process_stat(process.pid);
  if (stat && process.start_time != 0) {
    if (stat->is_dead() || stat->start_time != process.start_time) return std::nullopt;
    return stat;
  }
  if (!open_process(process)) return std::nullopt;
  if (stat) return stat;
  sys::ProcessStat hidden;
  hidden.comm = kInitName;
  hidden.start_time = process.start_time;
  return hidden;
}

enum class Phase { Init, Program, Ended };

/// A process has the name of init until execve(2) has given it another file; so most processes show
/// by their name alone that they run a program. A program may take the name, and with some effort
/// even execute the file, but it does not wait for start.
Phase phase_of(const store::StateDir& dir, const store::Record& record) {
  auto stat = living(record.init);
  if (!stat) return Phase::Ended;
  if (stat->comm != kInitName) return Phase::Program;
  const std::optional<bool> is_init = runs_init(record.init.pid, record.program);
  // The state is read again after the file: if that is gone because the process ends, its state
  // shows it now.
  if (is_init != true) stat = living(record.init);
  const bool is_ending = stat && stat->is_exiting && stat->threads <= 1;
  if (!stat || (is_ending && stat->comm == kInitName)) return Phase::Ended;
  const bool may_be_init = is_init.value_or(stat->comm == kInitName);
  return may_be_init && is_held_back(dir) ? Phase::Init : Phase::Program;
}

/// Asked once for all cgroups: a container may take the use of its cgroups from a user who owns
/// them, and not from root.
bool may_have_lost_cgroups() { return sys::effective_uid() != 0; }

void regain(const std::string& directory) {
  const auto cgroup = sys::open_dir_if_exists(directory);
  if (cgroup) sys::regain_control(*cgroup);
}

/// systemd removes the cgroup of a scope that has ended, and may make one for another container of
/// that name.
bool is_of_another(const store::ContainerCgroup& cgroup) {
  if (cgroup.inode == 0) return false;
  const auto inode = sys::inode_if_exists(cgroup.directory);
  return inode && *inode != cgroup.inode;
}

}  // namespace

std::string status_word(Status status) {
  switch (status) {
    case Status::Creating:
      return "creating";
    case Status::Created:
      return "created";
    case Status::Running:
      return "running";
    case Status::Paused:
      return "paused";
    case Status::Stopped:
      return "stopped";
  }
  fail(ErrorKind::Bug, "no such status");
}

Status status_of(const store::StateDir& dir, const store::Record& record) {
  if (!record.complete) return living(record.creator) ? Status::Creating : Status::Stopped;
  const Phase phase = phase_of(dir, record);
  if (phase == Phase::Ended) return Status::Stopped;
  if (phase == Phase::Init) return Status::Created;
  return find_frozen(record) ? Status::Paused : Status::Running;
}

std::optional<Observation> observe(const store::StateDir& dir) {
  std::optional<store::Record> record;
  Status status = Status::Stopped;
  // Between reading the Record and examining its creator, the creator may have written another
  // Record and ended. If no process is alive, the result of the second look is final.
  for (int look = 0; look < 2 && status == Status::Stopped; ++look) {
    record = dir.read();
    if (record) {
      status = status_of(dir, *record);
      if (record->complete) break;
    } else if (!dir.is_there()) {
      return std::nullopt;
    } else if (dir.is_locked()) {
      status = Status::Creating;
    }
  }
  return Observation{std::move(record), status};
}

std::optional<sys::Pidfd> open_process(const store::Process& process) {
  if (process.pid == 0) return std::nullopt;
  return sys::Pidfd::open_if_alive(process.pid, process.start_time, process.number);
}

bool is_alive(const store::StateDir& dir, const store::Process& process) {
  if (process.pid == 0) return false;
  const bool is_numbered = process.number != 0 && sys::is_in_memory(dir.dir());
  const std::uint64_t start_time = is_numbered ? 0 : process.start_time;
  return sys::Pidfd::open_if_alive(process.pid, start_time, process.number).has_value();
}

std::optional<std::string> find_frozen(const store::Record& record) {
  if (may_have_lost_cgroups()) {
    for (const std::string& freezer : record.freezers) regain(freezer);
  }
  return cgroup::find_frozen(record);
}

std::optional<bool> has_begun(const store::Process& process, const sys::FileIdentity& init) {
  return has_begun(process.pid, process.start_time, init);
}

bool child_has_begun(pid_t child, const sys::FileIdentity& init) {
  return has_begun(child, std::nullopt, init).value_or(true);
}

store::Process identify(pid_t pid) {
  const auto stat = sys::read_process_stat(pid);
  const std::uint64_t number = sys::pidfd_inode_of(pid);
  if (stat ? stat->is_dead() : number == 0) {
    fail(ErrorKind::System, "process " + std::to_string(pid) + " has ended, or /proc hides it", {},
         "before Linux 6.9 berth needs a /proc without hidepid");
  }
  return {.pid = pid, .start_time = stat ? stat->start_time : 0, .number = number};
}

spec::State state_document(const store::Record& record, Status status) {
  spec::State state{.oci_version = record.oci_version,
                    .id = record.id,
                    .status = status_word(status),
                    .pid = {},
                    .bundle = record.bundle,
                    .rootfs = record.rootfs,
                    .created = record.created,
                    .owner = std::to_string(record.owner),
                    .annotations = record.annotations,
                    .limit_events = {}};
  if (status == Status::Stopped && record.complete)
    state.limit_events = cgroup::read_limit_events(cgroups_of(record, Claimed::yes));
  if (status != Status::Creating && status != Status::Stopped) state.pid = record.init.pid;
  return state;
}

std::vector<store::ContainerCgroup> cgroups_of(const store::Record& record, Claimed claimed) {
  std::vector<store::ContainerCgroup> cgroups;
  const bool may_be_lost = claimed == Claimed::yes && may_have_lost_cgroups();
  for (const store::ContainerCgroup& cgroup : record.cgroups) {
    const bool is_asked_for = cgroup.is_claimed == (claimed == Claimed::yes);
    if (!is_asked_for || is_of_another(cgroup)) continue;
    if (may_be_lost) regain(cgroup.directory);
    cgroups.push_back(cgroup);
  }
  return cgroups;
}

}  // namespace berth::container
