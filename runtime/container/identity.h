// Which process a container is, and what it is doing: derived from the kernel each time, never
// believed from the Record alone.
#pragma once

#include <optional>
#include <string>

#include "runtime/cgroup/members.h"
#include "runtime/linux/process.h"
#include "runtime/store/state_dir.h"
#include "spec/state.h"

namespace berth::container {

enum class Status { Creating, Created, Running, Stopped };

std::string status_word(Status status);

/// What there is to know of a container now.
struct Observation {
  std::optional<store::Record> record;  ///< nothing: its create has written none yet, or never will
  Status status = Status::Stopped;
};
/// Asks nobody but the kernel, and holds up nobody. Nothing when the container was removed
/// meanwhile.
std::optional<Observation> observe(const store::StateDir& dir);

/// The same for a Record that was read under the lock.
Status status_of(const store::StateDir& dir, const store::Record& record);

/// A handle of the recorded process; nothing when that one has ended, whoever has its pid now.
std::optional<sys::Pidfd> open_process(const store::Process& process);

/// A living process, as it is recorded.
store::Process identify(pid_t pid);

/// Whether the first process executes another program than berth-init, or has ended as one. To be
/// asked when the connection to init has come to its end, by its execve or by its own end. Nothing
/// when it was reaped already, and nobody can know any more.
std::optional<bool> has_begun(const store::Record& record);

spec::State state_document(const store::Record& record, Status status);

/// Those that are the container's, or those that were only going to be.
enum class Claimed { no, yes };
std::vector<store::ContainerCgroup> cgroups_of(const store::Record& record, Claimed claimed);

}  // namespace berth::container
