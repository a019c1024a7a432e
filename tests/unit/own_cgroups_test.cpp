// Which of this machine's hierarchies has which cgroup of a container.
#include "runtime/container/own_cgroups.h"

#include "tests/unit/cgroup_fixture.h"

namespace berth::container {
namespace {

plan::CgroupHierarchy mounted_at(const std::string& mountpoint, const std::string& controller) {
  return {.name = controller,
          .controllers = {controller},
          .mountpoint = mountpoint,
          .root = "/",
          .unified = controller.empty()};
}

TEST_CASE("of two mounts, one inside the other, a cgroup is in the inner one") {
  const cgroup::FakeCgroups group;
  store::Record record;
  record.cgroups = {{.directory = group.make("freezer/box"), .topmost = {}},
                    {.directory = group.make("box"), .topmost = {}}};
  group.write("box/cgroup.controllers", "cpu pids\n");
  const plan::CgroupLayout layout{
      .hierarchies = {mounted_at(group.top(), ""), mounted_at(group.at("freezer"), "freezer")}};
  const OwnCgroups own = find_own_cgroups(record, layout);
  REQUIRE(own.directories.size() == 2);
  CHECK(own.directories[0].path == group.at("box"));
  CHECK(own.directory_of("pids") == group.at("box"));
  CHECK(own.directory_of("freezer") == group.at("freezer/box"));
}

TEST_CASE("a hierarchy without a cgroup of the container is left out") {
  const cgroup::FakeCgroups group;
  store::Record record;
  record.cgroups = {{.directory = group.make("freezer/box"), .topmost = {}}};
  const plan::CgroupLayout layout{
      .hierarchies = {mounted_at(group.top(), ""), mounted_at(group.at("freezer"), "freezer")}};
  const OwnCgroups own = find_own_cgroups(record, layout);
  CHECK(own.layout.unified() == nullptr);
  REQUIRE(own.directories.size() == 1);
  CHECK(own.directories[0].hierarchy.name == "freezer");
}

}  // namespace
}  // namespace berth::container
