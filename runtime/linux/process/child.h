// Writes to the files and limits of a container's first process that take the host's privilege.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace berth::sys {

/// `file` is `uid_map` or `gid_map`. The kernel accepts one write only, so all lines are written at
/// once. user_namespaces(7)
void write_id_map(pid_t pid, const std::string& file, const std::string& lines);

/// `value` is a decimal number. proc_pid_oom_score_adj(5)
void set_oom_score_adj(pid_t pid, const std::string& value);

/// `resource` is RLIMIT_*. The soft limit does not change, nor does a hard limit that is high
/// enough. prlimit(2)
void raise_hard_limit(pid_t pid, int resource, std::uint64_t hard);

}  // namespace berth::sys
