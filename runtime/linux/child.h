// What only the host may do to the first process of a container before it drops its privileges.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace berth::sys {

/// `file` is `uid_map` or `gid_map`; the lines are written at once, as the kernel wants it.
/// user_namespaces(7)
void write_id_map(pid_t pid, const std::string& file, const std::string& lines);

/// `value` is decimal. proc_pid_oom_score_adj(5)
void set_oom_score_adj(pid_t pid, const std::string& value);

/// `resource` is RLIMIT_*. The soft limit stays; a hard limit that is high enough, too. prlimit(2)
void raise_hard_limit(pid_t pid, int resource, std::uint64_t hard);

}  // namespace berth::sys
