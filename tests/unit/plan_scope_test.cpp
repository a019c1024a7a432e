// Under systemd: the names of unit and cgroup, the annotations, and the steps.
#include <catch2/catch.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "full_plan.h"
#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/device_rules.h"
#include "runtime/compile/cgroup/systemd/property_text.h"
#include "runtime/compile/cgroup/systemd/scope_name.h"
#include "runtime/compile/cgroup/systemd/unit_properties.h"
#include "runtime/compile/cgroup/systemd/unit_values.h"
#include "runtime/host/systemd.h"
#include "tests/unit/scope_plan.h"

namespace berth::plan {

// ---- names ----------------------------------------------------------------------------------

TEST_CASE("V2-21: slice:prefix:name names a scope and its place") {
  const auto [path, unit, place] = GENERATE(table<std::string, std::string, std::string>({
      {"system.slice:docker:4f5", "docker-4f5.scope", "/system.slice/docker-4f5.scope"},
      {"machine.slice:libpod:4f5", "libpod-4f5.scope", "/machine.slice/libpod-4f5.scope"},
      {"a-b-c.slice:cri-containerd:x", "cri-containerd-x.scope",
       "/a.slice/a-b.slice/a-b-c.slice/cri-containerd-x.scope"},
      {"-.slice:p:x", "p-x.scope", "/p-x.scope"},
      {":p:x", "p-x.scope", "/system.slice/p-x.scope"},
      {"user.slice::x", "x.scope", "/user.slice/x.scope"},
      {"", "berth-web1.scope", "/system.slice/berth-web1.scope"},
  }));
  CAPTURE(path);
  const CgroupPlan plan = scoped(with_path(path));
  CHECK(plan.scope.value().name.unit == unit);
  CHECK_FALSE(plan.scope->name.is_user);
  CHECK(plan.path == place);
  CHECK(plan.directories.at(0).path == "/cg" + place);
}

TEST_CASE("V2-24: a user's scope is below the user's own systemd") {
  const CgroupPlan plan = scoped({}, user());
  CHECK(plan.scope.value().name.is_user);
  CHECK(plan.path == "/user.slice/user-7.slice/user@7.service/user.slice/berth-web1.scope");
}

TEST_CASE(
    "V2-24: the caller's own systemd is the one that it runs in, or else the one of its uid") {
  CHECK(user_manager_place("/user.slice/user-7.slice/user@7.service/app.slice/x.scope", 0) ==
        "/user.slice/user-7.slice/user@7.service");
  CHECK(user_manager_place("/user.slice/user-7.slice/session-1.scope", 7) ==
        "/user.slice/user-7.slice/user@7.service");
  CHECK(user_manager_place("", 9) == "/user.slice/user-9.slice/user@9.service");
}

TEST_CASE("V2-21: a cgroupsPath that names no scope is a problem there") {
  const std::string path =
      GENERATE(as<std::string>(), "/docker/4f5", "one:two", "a:b:c:d", "system:p:x", ".slice:p:x",
               "a-.slice:p:x", "-a.slice:p:x", "a--b.slice:p:x", "a/b.slice:p:x",
               "a.slice:p:", "a.slice::", "a.slice:p:x y", "a.slice:p/q:x",
               "a.slice:p:" + std::string(250, 'x'));
  CAPTURE(path);
  const Problems problems = problems_of(with_path(path));
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/linux/cgroupsPath");
  CHECK(problems.list()[0].kind == ErrorKind::Config);
}

TEST_CASE("V2-21: an id is escaped where a unit cannot have it") {
  CHECK(escaped_for_unit("web1") == "web1");
  CHECK(escaped_for_unit("a+b") == "a\\x2bb");
  CHECK(escaped_for_unit("a\\b") == "a\\x5cb");
  CHECK(scoped({}, machine(), "a+b").scope.value().name.unit == "berth-a\\x2bb.scope");
}

TEST_CASE("V2-21: a unit whose cgroup would hide a file of the kernel gets another directory") {
  CHECK(cgroup_name_of("web.scope") == "web.scope");
  CHECK(cgroup_name_of("memory.scope") == "_memory.scope");
  CHECK(cgroup_name_of("cgroup.x.scope") == "_cgroup.x.scope");
  CHECK(cgroup_name_of("_x.scope") == "__x.scope");
  CHECK(place_of_slice("cpu-a.slice") == "/_cpu.slice/cpu-a.slice");
}

// ---- annotations ----------------------------------------------------------------------------

TEST_CASE("V2-22: the annotations org.systemd.property.* have typed values") {
  const auto [text, signature, values] = GENERATE(table<std::string, std::string, Lines>({
      {"true", "b", {"true"}},
      {"15", "i", {"15"}},
      {"-15", "i", {"-15"}},
      {"1.5", "d", {"1.5"}},
      {"uint64 10000000", "t", {"10000000"}},
      {"@t 10000000", "t", {"10000000"}},
      {"byte 255", "y", {"255"}},
      {"'mixed'", "s", {"mixed"}},
      {"\"it's\"", "s", {"it's"}},
      {R"('it\'s')", "s", {"it's"}},
      {"objectpath '/a'", "o", {"/a"}},
      {"['a', 'b']", "as", {"2", "a", "b"}},
      {"@as []", "as", {"0"}},
      {"[uint64 1, 2]", "at", {"2", "1", "2"}},
      {"[('/dev/null', 'rw')]", "a(ss)", {"1", "/dev/null", "rw"}},
      {"('a', true)", "(sb)", {"a", "true"}},
  }));
  CAPTURE(text);
  UnitProperty property;
  CHECK(read_property_text(text, property) == "");
  CHECK(property.signature == signature);
  CHECK(property.values == values);
}

TEST_CASE("V2-22: an annotation org.systemd.property.* without a value is a problem there") {
  const std::string text =
      GENERATE(as<std::string>(), "", "text", "'open", "[1, 'a']", "[1", "[]", "1 2", "byte 256",
               "uint64 -1", "('a'", "@t 'a'", "@ab true", "[[[[[[[[[1]]]]]]]]]", "--1", "1.2.3");
  CAPTURE(text);
  spec::Config config;
  config.annotations["org.systemd.property.TimeoutStopUSec"] = text;
  const Problems problems = problems_of(config);
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/annotations/org.systemd.property.TimeoutStopUSec");
}

TEST_CASE(
    "V2-22: an annotation's property is set after berth's own, and a time may be in seconds") {
  spec::Config config;
  config.annotations["org.systemd.property.TimeoutStopSec"] = "1.5";
  config.annotations["org.systemd.property.CollectMode"] = "'inactive'";
  config.annotations["org.example"] = "text";
  const auto properties = scoped(config).scope.value().properties;
  CHECK(has(properties, "TimeoutStopUSec t 1500000"));
  CHECK(line_of(properties.at(properties.size() - 2)) == "CollectMode s inactive");
}

TEST_CASE("V2-22: a property in seconds that is not such a time is a problem there") {
  const auto text = GENERATE(as<std::string>(), "true", "-1", "-0.5", "'5'", "[1]",
                             "2000000000000.0", "uint64 18446744073709551615");
  CAPTURE(text);
  spec::Config config;
  config.annotations["org.systemd.property.a/TimeoutStopSec"] = text;
  const Problems problems = problems_of(config);
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/annotations/org.systemd.property.a~1TimeoutStopSec");
}

TEST_CASE("V2-25: a cgroup inside the scope is refused, and an empty name is none") {
  spec::Config config;
  config.annotations["run.oci.systemd.subgroup"] = "";
  CHECK(problems_of(config).empty());
  config.annotations["run.oci.systemd.subgroup"] = "container";
  REQUIRE(problems_of(config).list().size() == 1);
  CHECK(problems_of(config).list()[0].kind == ErrorKind::Unsupported);
}

// ---- steps ----------------------------------------------------------------------------------

TEST_CASE("V2-21: berth-init is in the scope before it makes the child, and enters nothing") {
  spec::Config config = spec::default_config();
  config.linux.resources->memory.emplace().limit = 4194304;
  config.linux.resources->pids = spec::Pids{.limit = 1};
  Host host = mighty_host();
  host.cgroups = machine();
  Problems problems;
  const Plan plan = compile(config, Request{.id = "web1", .bundle = "/b", .relay_terminal = true},
                            host, problems);
  REQUIRE(problems.empty());
  std::string steps;  // `op:file` of each
  for (const Step& step : plan.steps) {
    steps += std::string(op_name(step));
    if (step.is<WriteCgroupFile>()) {
      steps += std::string(":") + plan.text_at(step.as<WriteCgroupFile>().file);
    }
    if (step.is<Synchronize>() && step.as<Synchronize>().sync == Sync::Ready) steps += ":ready";
    steps += '\n';
  }
  CAPTURE(steps);
  const auto at = [&](const char* step) { return steps.find(step); };
  CHECK(at("start_scope") < at("clone"));
  CHECK(at("clone") < at("write_cgroup_file:memory.max"));
  CHECK(at("write_cgroup_file:memory.max") < at(":ready"));
  CHECK(at(":ready") < at("write_cgroup_file:pids.max"));
  CHECK(at("write_cgroup_file:pids.max") < at("complete_scope"));
  CHECK(at("complete_scope") != std::string::npos);
  CHECK(at("make_cgroup") == std::string::npos);
  CHECK(at("enter_cgroup") == std::string::npos);
}

TEST_CASE("V2-22: an annotation cannot move the scope") {
  const std::string name = GENERATE(as<std::string>(), "Slice", "PIDs", "Delegate");
  spec::Config config;
  config.annotations["org.systemd.property." + name] = "'x.slice'";
  REQUIRE(problems_of(config).list().size() == 1);
  CHECK(problems_of(config).list()[0].pointer == "/annotations/org.systemd.property." + name);
}

// ---- what the caller's systemd cannot do ----------------------------------------------------

TEST_CASE(
    "V2-24: a limit that the caller's systemd was not delegated is a problem at its property") {
  spec::Config config;
  config.linux.resources.emplace();
  config.linux.resources->cpu.emplace();
  config.linux.resources->cpu->shares = 512;
  const Problems problems = problems_of(config, user());
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/linux/resources/cpu/shares");
  CHECK(problems.list()[0].kind == ErrorKind::Unsupported);
}

}  // namespace berth::plan
