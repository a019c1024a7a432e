// Where an exec'd process goes: the container's namespaces and cgroups, as they are now.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/compile/exec.h"
#include "runtime/store/record.h"
#include "spec/config/strings.h"

namespace berth::exec {

/// CLONE_NEW*: those namespaces of the container's first process that berth is not in, and all of
/// `made`, the new ones of its config.json, but for the user namespace.
std::uint64_t namespaces_to_join(const store::Record& record,
                                 const std::vector<spec::Namespace>& made);

/// The container's cgroup in each hierarchy, or the one below it that a `--cgroup` of `flags`
/// names: a path, for hierarchies of cgroup v1 optionally behind `CONTROLLERS:` (`cpu,memory:`,
/// `name=systemd:`). Where none names one, and the container's cgroup accepts no process any more,
/// because the container has distributed its controllers or removed it, its first process's. A
/// Config error names the flag.
std::vector<plan::ExecCgroup> cgroups_to_enter(const store::Record& record,
                                               const spec::Strings& flags);
/// That of cgroup v2.
std::string find_unified_cgroup(const store::Record& record, const spec::Strings& flags);

}  // namespace berth::exec
