// What this process may do, and could pass on: capabilities(7), getrlimit(2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::sys {

/// The highest capability that this kernel knows.
int last_capability();
/// Our bounding set, by bit: what nobody below us can ever have more than.
std::uint64_t bounding_set();
bool has_effective_capability(int capability);
/// Whether our user namespace is another than the machine's first: then capabilities say nothing
/// about what is not namespaced, such as devices and hard limits. user_namespaces(7)
bool in_user_namespace();
/// Whether our capabilities count for our mount namespace, too; ask only in_user_namespace().
bool owns_mount_namespace();
/// Whether setgroups(2) is allowed in our user namespace, as far as /proc/self/setgroups says.
bool may_set_groups();
/// Number of `CAP_KILL`, …; only this exact form counts.
std::optional<int> capability_number(const std::string& name);
/// `CAP_KILL`, … of all that this berth knows by name, in the kernel's order.
std::vector<std::string> capability_names();

/// `resource` is RLIMIT_*; RLIM_INFINITY is the largest number.
std::uint64_t hard_limit(int resource);
std::uint64_t soft_limit(int resource);

}  // namespace berth::sys
