// Which cgroup a container gets from a caller who may not make one anywhere.
#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/builder.h"
#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/cgroup_steps.h"
#include "runtime/compile/cgroup/directories.h"
#include "runtime/host/cgroup_delegation.h"

namespace berth::plan {
namespace {

constexpr char kUnit[] = "/user.slice/app.slice/run.service";

/// Pure v2, and we are in kUnit.
CgroupLayout delegated_v2(bool own, bool parent) {
  CgroupLayout layout;
  layout.mode = CgroupLayout::Mode::V2;
  layout.is_delegated = true;
  layout.limits_devices = false;
  layout.hierarchies = {{.controllers = {"cpu", "memory", "pids"},
                         .mountpoint = "/cg",
                         .root = "/",
                         .unified = true,
                         .own_path = kUnit,
                         .own_is_delegated = own,
                         .parent_is_delegated = parent,
                         .parent_controllers = {"memory", "pids"}}};
  return layout;
}

spec::Config with_pids_limit() {
  spec::Config config;
  config.linux.resources.emplace();
  config.linux.resources->pids.emplace();
  config.linux.resources->pids->limit = 64;
  return config;
}

struct CompiledCgroup {
  explicit CompiledCgroup(const spec::Config& config, const CgroupLayout& layout)
      : plan(compile_cgroup(config, "web1", layout, problems)) {}
  Problems problems;
  CgroupPlan plan;
  const CgroupDirectory& directory() const { return plan.directories.at(0); }
};

TEST_CASE("CG-PATH-3: without limits a container is below the cgroup of its caller") {
  const CompiledCgroup compiled({}, delegated_v2(true, true));
  CHECK(compiled.directory().path == std::string("/cg") + kUnit + "/berth-web1");
  CHECK(!compiled.directory().is_inherited);
  CHECK(compiled.problems.empty());
}

TEST_CASE("what a cgroup has by itself demands no other place, and is not written to another's") {
  spec::Config config;
  config.linux.resources = spec::Resources{.cpu = spec::Cpu{.burst = 0, .idle = 0}};
  CgroupLayout layout = delegated_v2(true, true);
  layout.hierarchies[0].parent_controllers = {"cpu"};
  const CompiledCgroup own(config, layout);
  CHECK(own.directory().path == std::string("/cg") + kUnit + "/berth-web1");
  CHECK(own.directory().enable.empty());
  CHECK(own.plan.writes.size() == 2);
  layout.hierarchies[0].own_is_delegated = false;
  const CompiledCgroup inherited(config, layout);
  CHECK(inherited.directory().is_inherited);
  CHECK(inherited.plan.writes.empty());
}

TEST_CASE("with limits it is next to that, for a cgroup with processes passes on no controller") {
  const CompiledCgroup compiled(with_pids_limit(), delegated_v2(true, true));
  CHECK(compiled.directory().path == "/cg/user.slice/app.slice/berth-web1");
  CHECK(compiled.directory().enable == Lines{"pids"});
  CHECK(compiled.problems.empty());
}

TEST_CASE("CO-1: a limit that cannot be set is a problem at its pointer") {
  spec::Config config = with_pids_limit();
  const bool parent = GENERATE(false, true);
  if (parent) {
    config.linux.resources->pids.reset();
    config.linux.resources->cpu.emplace();
    config.linux.resources->cpu->shares = 512;
  }
  const CompiledCgroup compiled(config, delegated_v2(true, parent));
  REQUIRE(compiled.problems.list().size() == 1);
  const Problem& problem = compiled.problems.list().front();
  CHECK(problem.pointer ==
        (parent ? "/linux/resources/cpu/shares" : "/linux/resources/pids/limit"));
  CHECK(problem.kind == ErrorKind::Unsupported);
  CHECK_THAT(problem.message, Catch::Contains("delegated"));
}

TEST_CASE("where nothing is delegated the cgroup of the caller is inherited, without a step") {
  Workbench bench;
  bench.host.cgroups = delegated_v2(false, false);
  bench.builder.plan.cgroup =
      compile_cgroup({}, "web1", bench.host.cgroups, bench.builder.problems);
  CHECK(bench.builder.plan.cgroup.directories.at(0).path == std::string("/cg") + kUnit);
  const spec::Config config = with_namespaces({{"pid", ""}});
  const Slots cgroup_fds = compile_cgroup_directories(config, bench.builder);
  CHECK(cgroup_fds == Slots{kNoSlot});
  CHECK(compile_initial_cgroup(config, bench.builder) == kNoSlot);
  compile_cgroup_entry(config, cgroup_fds, bench.builder);
  CHECK(bench.lines() == Lines{});
  CHECK(bench.plan().warnings == Lines{});
}

TEST_CASE("with neither a cgroup nor a pid namespace, strays are warned of") {
  Workbench bench;
  bench.host.cgroups = delegated_v2(false, false);
  bench.builder.plan.cgroup =
      compile_cgroup({}, "web1", bench.host.cgroups, bench.builder.problems);
  compile_cgroup_directories({}, bench.builder);
  REQUIRE(bench.plan().warnings.size() == 1);
  CHECK_THAT(bench.plan().warnings[0], Catch::StartsWith("/linux/namespaces: "));
}

TEST_CASE("CG-PATH-1: a place that was asked for is tried, whoever it was given to") {
  spec::Config config;
  config.linux.cgroups_path = "/mine";
  const CompiledCgroup compiled(config, delegated_v2(false, false));
  CHECK(compiled.directory().path == "/cg/mine");
  CHECK(!compiled.directory().is_inherited);
}

TEST_CASE("device rules that the kernel does not take from berth are left out with a warning") {
  spec::Config config;
  config.linux.resources.emplace();
  config.linux.resources->devices = {{.allow = false, .access = "rwm"}};
  Workbench bench;
  bench.host.cgroups = delegated_v2(true, true);
  bench.builder.plan.cgroup = compile_cgroup(config, "web1", bench.host.cgroups, bench.problems);
  CHECK(bench.builder.plan.cgroup.device_program.empty());
  compile_cgroup_directories(config, bench.builder);
  REQUIRE(bench.plan().warnings.size() == 1);
  CHECK_THAT(bench.plan().warnings[0], Catch::StartsWith("/linux/resources/devices: "));
}

// ---- --cgroup-manager disabled --------------------------------------------------------------

CgroupLayout disabled_v2() {
  CgroupLayout layout = delegated_v2(true, true);
  layout.is_delegated = false;
  layout.limits_devices = true;
  layout.is_disabled = true;
  return layout;
}

TEST_CASE("a caller who wants no cgroup gets none, even where it could have one") {
  Workbench bench;
  bench.host.cgroups = disabled_v2();
  const spec::Config config = with_namespaces({{"pid", ""}});
  bench.builder.plan.cgroup = compile_cgroup(config, "web1", bench.host.cgroups, bench.problems);
  const CgroupDirectory& directory = bench.plan().cgroup.directories.at(0);
  CHECK(directory.path == std::string("/cg") + kUnit);
  CHECK(directory.is_inherited);
  CHECK(compile_cgroup_directories(config, bench.builder) == Slots{kNoSlot});
  CHECK(compile_initial_cgroup(config, bench.builder) == kNoSlot);
  CHECK(bench.lines() == Lines{});
  CHECK(bench.plan().warnings == Lines{});
}

TEST_CASE("what needs a cgroup is refused at its pointer if the caller wants none") {
  spec::Config config = with_pids_limit();
  config.linux.cgroups_path = "/mine";
  config.linux.resources->memory.emplace().limit = 1 << 20;
  const CompiledCgroup compiled(config, disabled_v2());
  CHECK(problem_text(compiled.problems) == Lines{"/linux/cgroupsPath",
                                                 "?/linux/resources/memory/limit",
                                                 "?/linux/resources/pids/limit"});
  for (const Problem& problem : compiled.problems.list()) {
    CHECK_THAT(problem.message, Catch::Contains("--cgroup-manager disabled"));
  }
}

TEST_CASE(
    "without a cgroup device rules are left out, and strays are not found: both with a warning") {
  spec::Config config;
  config.linux.resources.emplace().devices = {{.allow = false, .access = "rwm"}};
  Workbench bench;
  bench.host.cgroups = disabled_v2();
  bench.builder.plan.cgroup = compile_cgroup(config, "web1", bench.host.cgroups, bench.problems);
  CHECK(bench.problems.empty());
  CHECK(bench.plan().cgroup.device_program.empty());
  compile_cgroup_directories(config, bench.builder);
  REQUIRE(bench.plan().warnings.size() == 2);
  CHECK_THAT(bench.plan().warnings[0], Catch::StartsWith("/linux/resources/devices: device rules"));
  CHECK_THAT(bench.plan().warnings[1], Catch::StartsWith("/linux/namespaces: "));
}

// ---- places ---------------------------------------------------------------------------------

TEST_CASE("our own place below a mount is known, wherever the mount begins") {
  const auto [root, own, place] =
      GENERATE(table<std::string, std::string, std::optional<std::string>>({
          {"/", "/a/b", "/a/b"},
          {"/", "/", ""},
          {"/a", "/a/b", "/b"},
          {"/a", "/a", ""},
          {"/a", "/ab", std::nullopt},
          {"/", "/../x", std::nullopt},
      }));
  const CgroupHierarchy hierarchy{.root = root, .own_path = own};
  CHECK(hierarchy.own_place() == place);
}

}  // namespace
}  // namespace berth::plan
