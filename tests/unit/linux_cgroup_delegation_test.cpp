#include "runtime/linux/cgroup/delegation.h"

#include <catch2/catch.hpp>

namespace berth::sys {
namespace {

using Names = std::vector<std::string>;

TEST_CASE("CO-3: the kernel's list says which files of a cgroup its manager needs") {
  CHECK(delegated_files("cgroup.procs\nmemory.oom.group\n") ==
        Names{"cgroup.procs", "memory.oom.group"});
}

TEST_CASE("CO-4: without a list there are the three of every kernel") {
  CHECK(delegated_files(std::nullopt) ==
        Names{"cgroup.procs", "cgroup.subtree_control", "cgroup.threads"});
}

}  // namespace
}  // namespace berth::sys
