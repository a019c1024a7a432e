#include "runtime/cgroup/usage/limit_events.h"

#include "tests/unit/cgroup_fixture.h"

namespace berth::cgroup {
namespace {

TEST_CASE("what the kernel has killed for a memory limit is counted, in v1 and in v2") {
  const FakeCgroups group;
  const store::ContainerCgroup made = {group.top(), group.top()};
  CHECK(read_limit_events({made}).memory_kills == 0);
  group.write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
  group.write("memory.limit_in_bytes", "8388608\n");
  group.write("memory.max_usage_in_bytes", "8388000\n");
  spec::LimitEvents events = read_limit_events({made});
  CHECK(events.memory_kills == 2);
  CHECK(events.memory_limit == 8388608);
  CHECK(events.memory_peak == 8388000);
  for (const char* file :
       {"memory.oom_control", "memory.limit_in_bytes", "memory.max_usage_in_bytes"})
    std::filesystem::remove(group.at(file));
  group.write("memory.events", "low 0\nhigh 7\nmax 9\noom 1\noom_kill 3\noom_group_kill 5\n");
  group.write("memory.max", "4096\n");
  group.write("memory.peak", "4095\n");
  events = read_limit_events({{group.at("gone"), group.at("gone")}, made});
  CHECK(events.memory_kills == 3);
  CHECK(events.memory_limit == 4096);
  CHECK(events.memory_peak == 4095);
}

TEST_CASE(
    "a kill for the machine's memory, or for a limit above, names no limit of the container") {
  const FakeCgroups group;
  const store::ContainerCgroup made = {group.top(), group.top()};
  group.write("memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n");
  group.write("memory.max", "8388608\n");
  CHECK(read_limit_events({made}).memory_kills == 1);
  CHECK(read_limit_events({made}).memory_limit == 0);
  group.write("memory.events", "oom 1\noom_kill 1\n");
  CHECK(read_limit_events({made}).memory_limit == 8388608);
  group.write("memory.max", "max\n");
  CHECK(read_limit_events({made}).memory_limit == 0);
  std::filesystem::remove(group.at("memory.events"));
  group.write("memory.oom_control", "oom_kill 1\n");
  group.write("memory.limit_in_bytes", "8388608\n");
  group.write("memory.max_usage_in_bytes", "4194304\n");
  CHECK(read_limit_events({made}).memory_limit == 0);
  group.write("pids.events", "max 2\n");
  group.write("pids.max", "max\n");
  CHECK(read_limit_events({made}).pids_limit == 0);
}

TEST_CASE("what happens in a cgroup that was there before is reported, and not what has happened") {
  const FakeCgroups group;
  group.write("memory.events", "oom_kill 3\n");
  LimitWatch watch({{group.top(), ""}});
  CHECK(watch.read_new().memory_kills == 0);
  group.write("memory.events", "oom_kill 5\n");
  CHECK(watch.read_new().memory_kills == 2);
  CHECK(watch.read_new().memory_kills == 0);
}

TEST_CASE("forks that the limit of processes has refused are counted") {
  const FakeCgroups group;
  group.write("pids.events", "max 4\n");
  group.write("pids.max", "10\n");
  const spec::LimitEvents events = read_limit_events({{group.top(), group.top()}});
  CHECK(events.pids_refused == 4);
  CHECK(events.pids_limit == 10);
}

TEST_CASE("the count of a cgroup that was there before may be of others, and says nothing") {
  const FakeCgroups group;
  group.write("memory.events", "oom_kill 3\n");
  group.write("pids.events", "max 4\n");
  const spec::LimitEvents events = read_limit_events({{group.top(), ""}});
  CHECK(events.memory_kills == 0);
  CHECK(events.pids_refused == 0);
}

}  // namespace
}  // namespace berth::cgroup
