// The setuid programs that map the ids which /etc/subuid and /etc/subgid grant to a user.
// newuidmap(1), newgidmap(1)
#pragma once

#include <sys/types.h>

#include <string>

namespace berth::launch {

/// Has `program` write these lines of a map for a child of ours, whose /proc files are the
/// caller's. System error with the program's own words when it refuses.
void call_id_mapper(const std::string& program, pid_t pid, const std::string& lines);

}  // namespace berth::launch
