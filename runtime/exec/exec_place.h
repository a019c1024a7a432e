// Where an exec'd process goes: the container's namespaces and cgroups.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/compile/exec.h"
#include "runtime/store/record.h"

namespace berth::exec {

/// CLONE_NEW*: the types of the namespaces that create has given the container and that berth is
/// not in, and all of `made`, the new ones of its config.json, but for the user namespace. The
/// process joins those in which the first process is by then. What the container shares with its
/// caller it also shares in an exec, although its first process may have left that since.
std::uint64_t namespaces_to_join(const store::Record& record,
                                 const std::vector<spec::Namespace>& made);

/// The container's cgroup in each hierarchy, or the one below it that `--cgroup` names: a path, for
/// cgroup v1 optionally behind `CONTROLLERS:`. If the container's cgroup takes no process any more,
/// because the container has distributed its controllers or removed it, its first process's.
std::vector<plan::ExecCgroup> cgroups_to_enter(const store::Record& record,
                                               const std::string& sub_cgroup);

}  // namespace berth::exec
