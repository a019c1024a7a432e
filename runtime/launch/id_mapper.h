// Calls the setuid programs that map the ids which /etc/subuid and /etc/subgid grant to a user.
// newuidmap(1), newgidmap(1)
#pragma once

#include <sys/types.h>

#include <string>

namespace berth::launch {

/// Makes `program` write these lines of a map for a child of berth, whose /proc files belong to the
/// caller. System error with the program's output if it refuses.
void call_id_mapper(const std::string& program, pid_t pid, const std::string& lines);

}  // namespace berth::launch
