// What this process may do and grant: capabilities(7), getrlimit(2).
#pragma once

#include <linux/capability.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::sys {

/// Which capabilities there are, and which of those in `asked` a descendant of berth can have. All
/// sets are bits.
struct CapabilityBounds {
  std::uint64_t set = 0;  ///< the bounding set
  /// The highest capability that this kernel knows. All that berth supports have this one.
  int last = CAP_CHECKPOINT_RESTORE;
};
CapabilityBounds capability_bounds(std::uint64_t asked);
/// berth's effective set, as bits.
std::uint64_t effective_capabilities();
/// The inode of berth's user namespace, which berth never leaves; 0 if the kernel has none.
std::uint64_t own_user_namespace();
/// Whether berth is in a user namespace other than the initial one. Its capabilities then do not
/// cover what is not namespaced, such as devices and hard limits. user_namespaces(7)
bool in_user_namespace();
/// Whether berth's capabilities also apply to its mount namespace; meaningful only if
/// in_user_namespace().
bool owns_mount_namespace();
/// Whether /proc/self/setgroups allows setgroups(2) in berth's user namespace.
bool may_set_groups();
/// The number of a capability; the name has to be exact, such as `CAP_KILL`.
std::optional<int> capability_number(std::string_view name);
/// The names of all capabilities that libcap-ng knows, in the kernel's order.
std::vector<std::string> capability_names();

/// `resource` is RLIMIT_*. RLIM_INFINITY is the largest number.
std::uint64_t hard_limit(int resource);
std::uint64_t soft_limit(int resource);
/// For the container's first process. The soft limit does not change, nor does a hard limit that is
/// high enough. prlimit(2)
void raise_hard_limit(pid_t pid, int resource, std::uint64_t hard);

}  // namespace berth::sys
