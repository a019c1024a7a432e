// The end of a cgroup: what goes, what stays, and who is killed with it.
#include "runtime/cgroup/destroy.h"

#include "runtime/cgroup/kill.h"
#include "tests/unit/cgroup_fixture.h"

namespace berth::cgroup {
namespace {

TEST_CASE("RT-DEL-3: a cgroup goes with all that a container has made below it") {
  const FakeCgroups group;
  group.make("box/a/b");
  group.make("box/c");
  destroy({{group.at("box"), group.at("box")}});
  CHECK_FALSE(group.has("box"));
  destroy({{group.at("box"), group.at("box")}});  // once more is no error
}

TEST_CASE("SR-39: cgroups nested deeper than any path is long are removed, with 64 descriptors") {
  const FakeCgroups group;
  const int depth = GENERATE(300, 1500);
  (void)group.make_deep("box", depth);
  (void)group.make_deep("box/beside", depth);
  const DescriptorLimit limit(64);
  destroy({{group.at("box"), group.at("box")}});
  CHECK_FALSE(group.has("box"));
}

TEST_CASE("SR-39 RT-DEL-4: a cgroup that was there before stays, with what is below it") {
  const FakeCgroups group;
  group.make("pod/box");
  destroy({{group.at("pod"), ""}});
  CHECK(group.has("pod/box"));
  remove_if_empty({{group.at("pod/box"), ""}});
  CHECK(group.has("pod/box"));
}

TEST_CASE("SR-39: of the parents only those go that were made, and only empty ones") {
  const FakeCgroups group;
  group.make("kept/made/also/box");
  group.make("kept/made/neighbour");
  destroy({{group.at("kept/made/also/box"), group.at("kept/made")}});
  CHECK_FALSE(group.has("kept/made/also"));
  CHECK(group.has("kept/made/neighbour"));
  std::filesystem::remove(group.at("kept/made/neighbour"));
  destroy({{group.at("kept/made/also/box"), group.at("kept/made")}});
  CHECK_FALSE(group.has("kept/made"));
  CHECK(group.has("kept"));
}

TEST_CASE("SR-39: strangers in a cgroup that none of our processes has entered are never killed") {
  const FakeCgroups group;
  const Bystander stranger;
  group.make("box");
  group.write("box/cgroup.procs", stranger.line());
  remove_if_empty({{group.at("box"), group.at("box")}});
  CHECK(group.has("box"));
  CHECK(stranger.is_alive());
}

TEST_CASE("an empty cgroup that was only made goes, with the parents that were made for it") {
  const FakeCgroups group;
  group.make("made/box");
  remove_if_empty({{group.at("made/box"), group.at("made")}});
  CHECK_FALSE(group.has("made"));
}

TEST_CASE("RT-DEL-3: what is in a cgroup of the container's is killed, in every hierarchy") {
  const FakeCgroups first, second;
  Bystander one, other;
  first.make("box/below");
  first.write("box/below/cgroup.procs", one.line());
  second.make("box");
  second.write("box/cgroup.procs", other.line());
  signal_all({{first.at("box"), ""}, {second.at("box"), ""}}, SIGKILL, 0);
  CHECK(one.end() == SIGKILL);
  CHECK(other.end() == SIGKILL);
}

TEST_CASE("killing all processes of an empty or missing cgroup is not an error") {
  const FakeCgroups group;
  group.make("box/below");
  kill_all({{group.at("box"), ""}, {group.at("gone"), ""}});
  CHECK(group.has("box/below"));
}

}  // namespace
}  // namespace berth::cgroup
