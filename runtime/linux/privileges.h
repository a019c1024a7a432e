// What this process may do, and could pass on: capabilities(7), getrlimit(2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace berth::sys {

/// The highest capability that this kernel knows.
int last_capability();
/// Our bounding set, by bit: what nobody below us can ever have more than.
std::uint64_t bounding_set();
bool has_effective_capability(int capability);
/// Number of `CAP_KILL`, …; only this exact form counts.
std::optional<int> capability_number(const std::string& name);

/// `resource` is RLIMIT_*; RLIM_INFINITY is the largest number.
std::uint64_t hard_limit(int resource);

}  // namespace berth::sys
