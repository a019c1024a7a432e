// Which process a container is, and what it is doing: derived from the kernel each time, never
// believed from the Record alone.
#pragma once

#include <optional>
#include <string>

#include "runtime/cgroup/members.h"
#include "runtime/container/container.h"
#include "runtime/linux/process.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

enum class Status { Creating, Created, Running, Stopped };

std::string status_word(Status status);

/// `record` may be missing: its create was killed before it wrote one, or is about to.
Status status_of(const store::StateDir& dir, const std::optional<store::Record>& record);

/// A handle of the recorded process; nothing when that one has ended, whoever has its pid now.
std::optional<sys::Pidfd> open_process(const store::Process& process);

/// This process of ours.
store::Process identify(pid_t pid);

/// Whether the first process ended as berth-init, its program never begun; as far as it can be
/// seen: not any more once somebody has reaped it.
bool died_before_exec(const store::Record& record);

spec::State state_document(const store::Record& record, Status status);

/// Those that are the container's, or those that were only going to be.
enum class Claimed { no, yes };
std::vector<cgroup::Footprint> footprints_of(const store::Record& record, Claimed claimed);
std::vector<store::CgroupIntent> intents_of(const std::vector<cgroup::Footprint>& footprints);

}  // namespace berth::container
