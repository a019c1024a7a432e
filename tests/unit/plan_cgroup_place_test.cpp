// Where a container's cgroup goes: with a cgroupsPath, and below or next to its caller's own.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/cgroup/cgroup_steps.h"
#include "runtime/host/cgroup_delegation.h"
#include "runtime/host/cgroup_places.h"
#include "tests/unit/cgroup_fixture.h"
#include "tests/unit/mount_ids.h"

namespace berth::plan {
namespace {

using cgroup::FakeCgroups;

CgroupHierarchy v1(const std::string& own) {
  return {.name = "memory",
          .controllers = {"memory"},
          .mountpoint = "/cg/memory",
          .root = "/",
          .own_path = own};
}

CgroupHierarchy v2(const std::string& own) {
  return {.controllers = {"cpu", "memory", "pids"},
          .mountpoint = "/cg",
          .root = "/",
          .unified = true,
          .own_path = own};
}

spec::Config with_pids(std::int64_t limit, std::string version = "1.3.0") {
  spec::Config config;
  config.oci_version = std::move(version);
  config.linux.resources = spec::Resources{.pids = spec::Pids{limit}};
  return config;
}

std::string place_of(const spec::Config& config, const CgroupHierarchy& hierarchy) {
  Problems problems;
  const CgroupLayout layout{.hierarchies = {hierarchy}};
  const CgroupPlan plan = compile_cgroup(config, "web1", layout, problems);
  CHECK(problems.empty());
  return plan.directories.at(0).path;
}

TEST_CASE("CG-PATH-3: in v1 a container is below its caller's cgroup, and under its limits") {
  const auto [own, place] = GENERATE(table<std::string, std::string>({
      {"/", "/cg/memory/berth-web1"},
      {"/system.slice/engine.service", "/cg/memory/system.slice/engine.service/berth-web1"},
      {"/../elsewhere", "/cg/memory/berth-web1"},
  }));
  CHECK(place_of({}, v1(own)) == place);
}

TEST_CASE("CG-PATH-3: in v2 without limits it is there, too, and no parent has to pass on any") {
  Problems problems;
  const CgroupLayout layout{.hierarchies = {v2("/user.slice/a.scope")}};
  const CgroupPlan plan = compile_cgroup({}, "web1", layout, problems);
  CHECK(plan.directories.at(0).path == "/cg/user.slice/a.scope/berth-web1");
  CHECK(plan.directories.at(0).enable.empty());
  CHECK(plan.directories.at(0).offer.empty());
}

TEST_CASE("CG-PATH-3: in v2 limits take it up to where they can be, by the rule of leafs") {
  CgroupHierarchy hierarchy = v2("/user.slice/a.scope");
  hierarchy.limits_place = "/user.slice";
  hierarchy.limits_controllers = {"memory", "pids"};
  CHECK(place_of(with_pids(7), hierarchy) == "/cg/user.slice/berth-web1");
  hierarchy.limits_controllers = {"memory"};  // that of the top has all
  CHECK(place_of(with_pids(7), hierarchy) == "/cg/berth-web1");
}

TEST_CASE("CG-PATH-1 CG-PATH-2: a cgroupsPath is one place for every caller, relative or not") {
  const std::string path = GENERATE("/pods/4f5", "pods/4f5", "//pods/4f5/");
  const std::string own = GENERATE("/", "/system.slice/engine.service");
  spec::Config config;
  config.linux.cgroups_path = path;
  CHECK(place_of(config, v1(own)) == "/cg/memory/pods/4f5");
  CHECK(place_of(config, v2(own)) == "/cg/pods/4f5");
}

TEST_CASE("CG-PATH-2: a cgroupsPath that is longer than any path may be is a problem") {
  Problems problems;
  spec::Config config;
  for (int i = 0; i < 50; ++i) config.linux.cgroups_path += "/" + std::string(100, 'n');
  const CgroupLayout layout{.hierarchies = {v1("/"), v2("/")}};
  (void)compile_cgroup(config, "web1", layout, problems);
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/linux/cgroupsPath");
}

TEST_CASE("RS-PID-1: 0 is no limit of pids in documents older than 1.3.0, by version") {
  const auto [version, writes] = GENERATE(table<std::string, std::size_t>({
      {"1.0.2-dev", 0},
      {"1.2.1", 0},
      {"1.3.0-rc.1", 0},
      {"1.3.0", 1},
      {"1.3.1", 1},
  }));
  CAPTURE(version);
  Problems problems;
  CgroupHierarchy hierarchy = v2("/");
  const CgroupLayout layout{.hierarchies = {hierarchy}};
  CHECK(compile_cgroup(with_pids(0, version), "web1", layout, problems).writes.size() == writes);
  CHECK(compile_cgroup(with_pids(5, version), "web1", layout, problems).writes.size() == 1);
}

TEST_CASE("RS-PID-1: that 0 is a limit since 1.3.0 is a warning there, and nowhere else") {
  const auto [version, limit, warnings] = GENERATE(table<std::string, std::int64_t, std::size_t>({
      {"1.2.1", 0, 0},
      {"1.3.0", 0, 1},
      {"1.3.0", -1, 0},
      {"1.3.0", 1, 0},
  }));
  Workbench bench;
  (void)compile_cgroup_directories(with_pids(limit, version), bench.builder);
  REQUIRE(bench.plan().warnings.size() == warnings);
  if (warnings > 0) {
    CHECK_THAT(bench.plan().warnings[0], Catch::StartsWith("/linux/resources/pids/limit: "));
  }
}

// ---- mounts that were made outside of our cgroup namespace -----------------------------------

TEST_CASE("a mount from outside of the cgroup namespace counts, better ones first") {
  const std::string named = "51 50 0:32 / /mnt/named rw - cgroup cgroup rw,memory\n";
  const std::string above = "52 50 0:32 /../.. /mnt/above rw - cgroup cgroup rw,memory\n";
  const std::string beside = "53 50 0:32 /../other /mnt/beside rw - cgroup cgroup rw,memory\n";
  const std::string own = "4:memory:/\n";
  const auto mountpoint = [&](const std::string& mounts) {
    return layout_of(mounts, own).hierarchies.at(0).mountpoint;
  };
  CHECK(mountpoint(above + beside + named) == "/mnt/named");
  CHECK(mountpoint(beside + above) == "/mnt/above");
  CHECK(mountpoint(beside) == "/mnt/beside");
}

TEST_CASE("how many levels a mount hides is in its root") {
  const auto [root, own, levels] = GENERATE(table<std::string, std::string, std::size_t>({
      {"/", "/", 0},
      {"/a", "/b", 0},
      {"/..", "/", 1},
      {"/../..", "/x", 2},
      {"/../..", "/../x", 1},
      {"/..", "/../x", 0},
      {"/../other", "/", 0},
  }));
  const CgroupHierarchy hierarchy{.root = root, .own_path = own};
  CHECK(hierarchy.hidden_levels() == levels);
}

TEST_CASE("CG-PATH-3: our own cgroup is found below such a mount by who is in it") {
  const FakeCgroups group;
  group.make("other/one");
  group.write("other/one/cgroup.procs", "1\n");
  group.make("engine/box/inner");
  group.write("engine/box/inner/cgroup.procs", "1\n" + std::to_string(::getpid()) + "\n");
  CgroupLayout layout;
  layout.hierarchies = {{.controllers = {"memory"},
                         .mountpoint = group.top(),
                         .root = "/../..",
                         .own_path = "/inner"}};
  find_own_places(layout);
  CHECK(layout.hierarchies[0].own_place() == "/engine/box/inner");
  CHECK(place_of({}, layout.hierarchies[0]) == group.at("engine/box/inner/berth-web1"));
}

TEST_CASE("V2-11: limits are possible below the lowest cgroup on the way up without processes") {
  const FakeCgroups group;
  group.make("a/b/own");
  group.write("a/cgroup.procs", "");
  group.write("a/cgroup.controllers", "memory pids\n");
  group.write("a/b/cgroup.procs", "1\n");
  CgroupLayout layout;
  layout.hierarchies = {{.controllers = {"cpu", "memory", "pids"},
                         .mountpoint = group.top(),
                         .root = "/",
                         .unified = true,
                         .own_path = "/a/b/own"}};
  find_own_places(layout);
  CHECK(layout.hierarchies[0].limits_place == "/a");
  CHECK(layout.hierarchies[0].limits_controllers == Lines{"memory", "pids"});
  group.write("a/cgroup.procs", "1\n");
  find_own_places(layout);
  CHECK(layout.hierarchies[0].limits_place.empty());
  CHECK(layout.hierarchies[0].limits_controllers == Lines{"cpu", "memory", "pids"});
}

// ---- delegation ------------------------------------------------------------------------------

TEST_CASE("CO-1: v2 is delegated only together with cgroup.procs, v1 without") {
  const FakeCgroups group;
  group.make("parent/own");
  const bool unified = GENERATE(true, false);
  CgroupLayout layout;
  layout.hierarchies = {
      {.mountpoint = group.top(), .root = "/", .unified = unified, .own_path = "/parent/own"}};
  find_delegated(layout);
  CHECK(layout.hierarchies[0].own_is_delegated == !unified);
  CHECK_FALSE(layout.hierarchies[0].parent_is_delegated);
  if (!unified) return;
  group.write("parent/own/cgroup.procs", "");
  find_delegated(layout);
  CHECK(layout.hierarchies[0].own_is_delegated);
  CHECK_FALSE(layout.hierarchies[0].parent_is_delegated);
  group.write("parent/cgroup.procs", "");
  find_delegated(layout);
  CHECK(layout.hierarchies[0].parent_is_delegated);
}

}  // namespace
}  // namespace berth::plan
