// What engines write (tests/data/engines): read, held against the schema, and compiled for hosts
// with each layout of cgroups. Paths of the host are below /bundle in them.
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "runtime/compile/order.h"
#include "runtime/linux/files/file.h"
#include "spec/config/read_config.h"
#include "spec/schema/config_schema.h"
#include "spec/schema/schema.h"
#include "tests/unit/plan_fixture.h"

namespace berth::plan {
namespace {

std::map<std::string, std::string> engine_configs() {
  std::map<std::string, std::string> configs;
  for (const auto& entry : std::filesystem::directory_iterator(BERTH_ENGINE_CONFIGS)) {
    configs[entry.path().stem()] = sys::read_file(entry.path());
  }
  REQUIRE(configs.size() >= 10);
  return configs;
}

CgroupHierarchy hierarchy(const std::string& mountpoint, std::vector<std::string> controllers,
                          bool unified) {
  return {.name = unified ? "" : controllers[0],
          .controllers = std::move(controllers),
          .mountpoint = mountpoint,
          .root = "/",
          .unified = unified,
          .own_path = "/"};
}

std::vector<CgroupLayout> layouts() {
  CgroupLayout v1{.mode = CgroupLayout::Mode::V1, .hierarchies = {}};
  for (const char* controller : {"cpu", "cpuset", "memory", "devices", "pids", "freezer"}) {
    v1.hierarchies.push_back(
        hierarchy(std::string("/sys/fs/cgroup/") + controller, {controller}, false));
  }
  CgroupLayout hybrid = v1;
  hybrid.mode = CgroupLayout::Mode::Hybrid;
  hybrid.hierarchies.push_back(hierarchy("/sys/fs/cgroup/unified", {}, true));
  const CgroupLayout v2{.mode = CgroupLayout::Mode::V2,
                        .hierarchies = {hierarchy(
                            "/sys/fs/cgroup", {"cpuset", "cpu", "io", "memory", "pids"}, true)}};
  return {v1, hybrid, v2};
}

struct Compiled {
  Lines faults, remarks;
};

Compiled compiled(const std::string& text, const CgroupLayout& layout) {
  Host host = mighty_host();
  host.cgroups = layout;
  Problems problems;
  const spec::Config config = spec::read_config(text, problems);
  const bool has_terminal = config.process && config.process->terminal;
  const Request request{
      .id = "web1", .bundle = "/bundle", .console_socket = has_terminal ? "/console" : ""};
  Compiled result;
  if (problems.empty()) result.remarks = compile(config, request, host, problems).warnings;
  for (const Problem& one : problems.list()) {
    result.faults.push_back(one.pointer + ": " + one.message);
  }
  return result;
}

TEST_CASE("RT-CREATE-5: what engines write is read and compiled on every layout of cgroups") {
  for (const auto& [name, text] : engine_configs()) {
    for (const CgroupLayout& layout : layouts()) {
      CAPTURE(name, static_cast<int>(layout.mode));
      CHECK(compiled(text, layout).faults == Lines{});
    }
  }
}

TEST_CASE("RT-CREATE-6: what engines write is what the schema wants") {
  const spec::Schema schema("config.schema.json",
                            [](const auto&) { return spec::config_schema(); });
  for (const auto& [name, text] : engine_configs()) {
    CAPTURE(name);
    CHECK(schema.check(text).empty());
  }
}

TEST_CASE("SC-3 PR-CAP-2: about what engines write there is no more to remark than is known") {
  const std::map<std::string, Lines> known = {
      {"podman-4.3", {"/linux/seccomp/syscalls/1", "/process/capabilities/ambient"}},
      {"podman-5.8", {"/linux/seccomp/syscalls/1"}},
      {"podman-5.8-userns", {"/linux/seccomp/syscalls/1"}},
      {"buildah", {"/linux/seccomp/syscalls/1"}},
      {"cri-o", {"/linux/seccomp/syscalls/1"}},
  };
  for (const auto& [name, text] : engine_configs()) {
    CAPTURE(name);
    Lines pointers;
    for (const std::string& remark : compiled(text, layouts()[0]).remarks) {
      pointers.push_back(remark.substr(0, remark.find(": ")));
    }
    const auto expected = known.find(name);
    CHECK(pointers == (expected == known.end() ? Lines{} : expected->second));
  }
}

}  // namespace
}  // namespace berth::plan
