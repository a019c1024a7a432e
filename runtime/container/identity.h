// Which process belongs to a container, and the container's status: derived from the kernel each
// time, never from the Record alone.
#pragma once

#include <optional>
#include <string>

#include "runtime/cgroup/members.h"
#include "runtime/linux/process/process.h"
#include "runtime/store/state_dir.h"
#include "spec/documents/state.h"

namespace berth::container {

/// A created container is Created even if its cgroup is frozen, because `start` refuses that.
enum class Status { Creating, Created, Running, Paused, Stopped };

std::string status_word(Status status);

/// The Record and the status of a container at one moment.
struct Observation {
  std::optional<store::Record> record;  ///< nothing: create has written none yet, or never will
  Status status = Status::Stopped;
};
/// Asks only the kernel, and blocks no other command. Nothing if the container was removed
/// meanwhile.
std::optional<Observation> observe(const store::StateDir& dir);

/// The status for a Record that was read under the lock.
Status status_of(const store::StateDir& dir, const store::Record& record);

/// A handle of the recorded process; nothing if it has ended, even if another one has its pid now.
std::optional<sys::Pidfd> open_process(const store::Process& process);

/// Whether the recorded process is alive: as open_process(), but without its start time if the
/// Record cannot survive a reboot, because a kernel gives no number to two processes. To read the
/// start time takes longer than all else here.
bool is_alive(const store::StateDir& dir, const store::Process& process);

/// The first of the container's freezers that is frozen. A user gets back what the container may
/// have taken of them.
std::optional<std::string> find_frozen(const store::Record& record);

/// Describes a living process for the Record.
store::Process identify(pid_t pid);

/// Whether a process that was berth-init executes another program, or has ended as one. Call it
/// when the connection to init has ended, because of its execve or its own end. `init` is the file
/// that it executed as berth-init. Nothing if berth cannot find out, because the process was reaped
/// already, or /proc hides it.
std::optional<bool> has_begun(const store::Process& process, const sys::FileIdentity& init);
/// As has_begun(), for a child that only berth reaps, so that its pid cannot be another process's.
/// True also if /proc hides it.
bool child_has_begun(pid_t child, const sys::FileIdentity& init);

spec::State state_document(const store::Record& record, Status status);

/// The cgroups that belong to the container, or those that create only intended to make. Without a
/// cgroup that another container has now.
enum class Claimed { no, yes };
std::vector<store::ContainerCgroup> cgroups_of(const store::Record& record, Claimed claimed);

}  // namespace berth::container
