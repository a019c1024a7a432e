// Which files of a v2 cgroup its manager needs: the user to whom the cgroup is delegated.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace berth::sys {

/// The names in the kernel's list; without one, those that every kernel with cgroup v2 delegates.
/// config-linux.md, "Cgroup ownership"; cgroups(7)
std::vector<std::string> delegated_files(const std::optional<std::string>& list);

/// Reads /sys/kernel/cgroup/delegate; nothing if this kernel has no list.
std::optional<std::string> read_delegated_list();

}  // namespace berth::sys
