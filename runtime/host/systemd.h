// The systemd that is to have the container's cgroup: the machine's, or the caller's own. Asks no
// process, so that `berth plan` can say where the cgroup would be.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host/cgroup_layout.h"

namespace berth::plan {

/// Finds the systemd of root or, if `is_user`, of the caller. Unsupported error at `flag` if there
/// is none, or if the machine has cgroup v1: berth's scopes are those of v2.
SystemdManager find_systemd(const CgroupLayout& layout, bool is_user, uid_t uid,
                            const std::string& flag);

/// The cgroup of the caller's own systemd, as a place below the mount: from the caller's own place
/// if that is in it, otherwise by the caller's uid.
std::string user_manager_place(std::string_view own_place, uid_t uid);

}  // namespace berth::plan
