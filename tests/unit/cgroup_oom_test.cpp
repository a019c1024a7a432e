#include "runtime/cgroup/oom.h"

#include "tests/unit/cgroup_fixture.h"

namespace berth::cgroup {
namespace {

TEST_CASE("what the kernel has killed for a memory limit is counted, in v1 and in v2") {
  const FakeCgroups group;
  const store::ContainerCgroup made = {group.top(), group.top()};
  CHECK(count_memory_kills({made}) == 0);
  group.write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
  CHECK(count_memory_kills({made}) == 2);
  std::filesystem::remove(group.at("memory.oom_control"));
  group.write("memory.events", "low 0\nhigh 7\nmax 9\noom 1\noom_kill 3\noom_group_kill 5\n");
  CHECK(count_memory_kills({{group.at("gone"), group.at("gone")}, made}) == 3);
}

TEST_CASE("the count of a cgroup that was there before may be of others, and says nothing") {
  const FakeCgroups group;
  group.write("memory.events", "oom_kill 3\n");
  CHECK(count_memory_kills({{group.top(), ""}}) == 0);
}

}  // namespace
}  // namespace berth::cgroup
