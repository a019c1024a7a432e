// What a user wants to know if the kernel refuses a cpuset.
#pragma once

#include <string>

namespace berth::cgroup {

/// The processors or memory nodes that there are for a file of a cpuset, which are its parent's;
/// empty for any other file. `path` is absolute.
std::string cpuset_hint(const std::string& path);

}  // namespace berth::cgroup
