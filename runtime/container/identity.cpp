#include "runtime/container/identity.h"

#include "runtime/linux/file.h"
#include "runtime/linux/socket.h"
#include "spec/error.h"

namespace berth::container {

namespace {

constexpr char kInitName[] = "berth-init";

/// Until its execve the first process runs the very file that berth wrote for it. Its name and path
/// can be had by a program, too; this file cannot: it has no name. Who is not root may not see it;
/// then init is who has the name and listens for start, or runs hooks while a start or run has the
/// lock.
bool is_init(const store::StateDir& dir, const store::Record& record,
             const sys::ProcessStat& stat) {
  const auto file = sys::executable_of(record.init.pid);
  if (file) return *file == sys::FileIdentity{record.program.device, record.program.inode};
  return stat.comm == kInitName &&
         (dir.is_locked() || sys::connect_at_if_listening(dir.dir(), "start").has_value());
}

/// Nothing when it has ended or its pid belongs to another process by now.
std::optional<sys::ProcessStat> living(const store::Process& process) {
  if (process.pid == 0) return std::nullopt;
  auto stat = sys::read_process_stat(process.pid);
  if (!stat || stat->is_dead() || stat->start_time != process.start_time) return std::nullopt;
  return stat;
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
    case Status::Stopped:
      return "stopped";
  }
  fail(ErrorKind::Bug, "no such status");
}

Status status_of(const store::StateDir& dir, const std::optional<store::Record>& record) {
  if (!record) return dir.is_locked() ? Status::Creating : Status::Stopped;
  if (!record->complete) return living(record->creator) ? Status::Creating : Status::Stopped;
  const auto stat = living(record->init);
  if (!stat) return Status::Stopped;
  return is_init(dir, *record, *stat) ? Status::Created : Status::Running;
}

std::optional<sys::Pidfd> open_process(const store::Process& process) {
  if (process.pid == 0) return std::nullopt;
  return sys::Pidfd::open_if_alive(process.pid, process.start_time);
}

bool died_before_exec(const store::Record& record) {
  const auto stat = sys::read_process_stat(record.init.pid);
  return stat && stat->is_dead() && stat->comm == kInitName &&
         stat->start_time == record.init.start_time;
}

store::Process identify(pid_t pid) {
  const auto stat = sys::read_process_stat(pid);
  if (!stat || stat->is_dead()) {
    fail(ErrorKind::System, "process " + std::to_string(pid) + " has ended");
  }
  return {.pid = pid, .start_time = stat->start_time};
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
                    .annotations = record.annotations};
  if (status == Status::Created || status == Status::Running) state.pid = record.init.pid;
  return state;
}

std::vector<cgroup::Footprint> footprints_of(const store::Record& record, Claimed claimed) {
  std::vector<cgroup::Footprint> footprints;
  footprints.reserve(record.cgroups.size());
  for (const store::CgroupIntent& intent : record.cgroups) {
    if (intent.is_claimed != (claimed == Claimed::yes)) continue;
    footprints.push_back({.directory = intent.directory, .topmost = intent.topmost});
  }
  return footprints;
}

std::vector<store::CgroupIntent> intents_of(const std::vector<cgroup::Footprint>& footprints) {
  std::vector<store::CgroupIntent> intents;
  intents.reserve(footprints.size());
  for (const cgroup::Footprint& footprint : footprints) {
    intents.push_back({footprint.directory, footprint.topmost, false});
  }
  return intents;
}

}  // namespace berth::container
