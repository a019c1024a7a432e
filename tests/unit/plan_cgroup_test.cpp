#include <catch2/catch.hpp>

#include <utility>

#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/order.h"
#include "tests/unit/cgroup_layouts.h"

namespace berth::plan {
namespace {

struct CompiledCgroup {
  CgroupPlan plan;
  Problems problems;
};

CompiledCgroup compile(const spec::Config& config, const CgroupLayout& layout) {
  CompiledCgroup compiled;
  compiled.plan = compile_cgroup(config, "web1", layout, compiled.problems);
  return compiled;
}

spec::Config with_path(std::string path) {
  spec::Config config;
  config.linux.cgroups_path = std::move(path);
  return config;
}

using Lines = std::vector<std::string>;

// ---- cgroupsPath ----------------------------------------------------------------------------

TEST_CASE("CG-PATH-1 CG-PATH-3: cgroupsPath names a place below each mount") {
  const auto [path, place] = GENERATE(table<std::string, std::string>({
      {"", "/berth-web1"},
      {"/docker/4f5", "/docker/4f5"},
      {"//docker///4f5/", "/docker/4f5"},
      {"pods/4f5", "/pods/4f5"},
      {"/kube:pods/a:b:c", "/kube:pods/a:b:c"},
      {"one:colon", "/one:colon"},
      {"/..x/.y", "/..x/.y"},
  }));
  const CompiledCgroup compiled = compile(with_path(path), v1_layout());
  CHECK(compiled.problems.empty());
  CHECK(compiled.plan.path == place);
}

TEST_CASE("CG-PATH-2: an invalid cgroupsPath is a problem there") {
  const std::string path =
      GENERATE(as<std::string>(), "/", "//", "..", "/a/../b", "a/..", "/a/./b", "/a\n",
               std::string("/a\0b", 4), "/a\x7f", "/" + std::string(256, 'x'));
  const CompiledCgroup compiled = compile(with_path(path), v1_layout());
  REQUIRE(compiled.problems.list().size() == 1);
  CHECK(compiled.problems.list()[0].pointer == "/linux/cgroupsPath");
  CHECK(compiled.problems.list()[0].kind == ErrorKind::Config);
}

TEST_CASE("V2-21: the systemd form of cgroupsPath is for systemd") {
  const CompiledCgroup compiled = compile(with_path("system.slice:docker:4f5"), v2_layout());
  REQUIRE(compiled.problems.list().size() == 1);
  CHECK(compiled.problems.list()[0].pointer == "/linux/cgroupsPath");
  CHECK(compiled.problems.list()[0].message.find("--systemd-cgroup") != std::string::npos);
}

TEST_CASE("CG-01: the container has a directory in every hierarchy") {
  const CompiledCgroup compiled = compile(with_path("/x"), hybrid_layout());
  Lines paths;
  for (const CgroupDirectory& directory : compiled.plan.directories)
    paths.push_back(directory.path);
  CHECK(paths == Lines{"/cg/cpu/x", "/cg/memory/x", "/cg/devices/x", "/cg/unified/x"});
}

TEST_CASE("V2-11: parents have to pass on the controllers that are written to, once each") {
  spec::Config config;
  config.linux.resources = spec::Resources{
      .memory = spec::Memory{.limit = 8192, .reservation = 4096}, .pids = spec::Pids{.limit = 7}};
  CHECK(compile(config, v2_layout()).plan.directories[0].enable == Lines{"memory", "pids"});
  const CgroupPlan hybrid = compile(config, hybrid_layout()).plan;
  CHECK(hybrid.directories[1].enable.empty());
  CHECK(hybrid.directories[3].enable == Lines{"pids"});
}

}  // namespace
}  // namespace berth::plan
