#include <catch2/catch.hpp>

#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/device_rules.h"
#include "tests/unit/device_rules.h"

namespace berth::plan {
namespace {

using Lines = std::vector<std::string>;

const Lines kDefaultLines = {"c *:* m",   "b *:* m",   "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm",
                             "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm"};

CgroupPlan plan_of(const Rules& rules, bool with_v1, Problems& problems) {
  CgroupLayout layout;
  layout.hierarchies = {CgroupHierarchy{.mountpoint = "/cg", .root = "/", .unified = !with_v1}};
  if (with_v1) layout.hierarchies[0].controllers = {"devices"};
  spec::Config config;
  config.linux.resources = spec::Resources{.devices = rules};
  return compile_cgroup(config, "web1", layout, problems);
}

/// Writes of v1; those to devices.deny have a `-` in front.
Lines v1_lines(const Rules& rules) {
  Problems problems;
  Lines lines;
  for (const CgroupWrite& write : plan_of(rules, true, problems).writes) {
    lines.push_back((write.file == "devices.deny" ? "-" : "") + write.value);
  }
  CHECK(problems.empty());
  return lines;
}

Lines after(Lines first, const Lines& rest) {
  first.insert(first.end(), rest.begin(), rest.end());
  return first;
}

TEST_CASE("RS-DEV-1 DV-11: without rules everything but the default devices is denied") {
  CHECK(v1_lines({}) == after({"-a"}, kDefaultLines));
  CHECK(v1_lines({kDenyAll}) == after({"-a"}, kDefaultLines));
}

TEST_CASE("RS-DEV-1: rules apply in the listed order, the last one wins") {
  const auto fuse = [](bool allow) { return rule(allow, "c", 10, 229, "rwm"); };
  CHECK(v1_lines({kDenyAll, fuse(true)}) == after({"-a", "c 10:229 rwm"}, kDefaultLines));
  CHECK(v1_lines({kDenyAll, fuse(true), fuse(false)}) == after({"-a"}, kDefaultLines));
  CHECK(v1_lines({fuse(true), kDenyAll}) == after({"-a"}, kDefaultLines));
  CHECK(v1_lines({kDenyAll, fuse(true), kAllowAll}) == Lines{"a"});
  CHECK(v1_lines({kAllowAll, fuse(false)}) == Lines{"a", "-c 10:229 rw"});  // making it is harmless
}

TEST_CASE("RS-DEV-1: accesses of one device are taken and given one by one") {
  CHECK(v1_lines({rule(true, "b", 8, 0, "r"), rule(true, "b", 8, 0, "w")}) ==
        after({"-a", "b 8:0 rw"}, kDefaultLines));
  CHECK(v1_lines({rule(true, "b", 8, 0, "rwm"), rule(false, "b", 8, 0, "w")}) ==
        after({"-a", "b 8:0 rm"}, kDefaultLines));
}

TEST_CASE("RS-DEV-1 DV-12: missing and negative numbers are wildcards, type a is both types") {
  CHECK(v1_lines({{.allow = true, .type = "b", .major = 8, .access = "r"}}) ==
        after({"-a", "b 8:* r"}, kDefaultLines));
  CHECK(v1_lines({rule(true, "a", 8, -1, "r")}) ==
        after({"-a", "c 8:* r", "b 8:* r"}, kDefaultLines));
  CHECK(v1_lines({{.allow = true, .access = "r"}})[1] == "c *:* rm");  // merged with the default
}

TEST_CASE("RS-DEV-1: the rules that Docker sends twice are compiled once") {
  const Rules docker = {kDenyAll, rule(true, "c", 1, 5, "rwm"), rule(false, "c", 10, 229, "rwm")};
  Rules twice = docker;
  twice.insert(twice.end(), docker.begin(), docker.end());
  CHECK(v1_lines(twice).size() == 1 + kDefaultLines.size());
}

TEST_CASE("RS-DEV-1 DV-18: a number that no device has is a problem at its place") {
  const spec::DeviceRule wrong{.allow = true, .type = "c", .minor = 1LL << 31, .access = "r"};
  Problems problems;
  (void)plan_of({kDenyAll, wrong}, true, problems);
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/linux/resources/devices/1/minor");
  CHECK(problems.list()[0].kind == ErrorKind::Config);
}

TEST_CASE("v1 cannot take a part out of a wider rule, v2 can") {
  const Rules rules = {kDenyAll,
                       {.allow = true, .type = "c", .major = 10, .access = "rwm"},
                       rule(false, "c", 10, 229, "rw")};
  Problems v1_problems, v2_problems;
  (void)plan_of(rules, true, v1_problems);
  (void)plan_of(rules, false, v2_problems);
  REQUIRE(v1_problems.list().size() == 1);
  CHECK(v1_problems.list()[0].pointer == "/linux/resources/devices/2");
  CHECK(v1_problems.list()[0].kind == ErrorKind::Unsupported);
  CHECK(v2_problems.empty());
}

TEST_CASE("device rules on a host without control groups are a problem, and no rules are not") {
  for (const bool asked : {true, false}) {
    Problems problems;
    spec::Config config;
    config.linux.resources = spec::Resources{.devices = asked ? Rules{kDenyAll} : Rules{}};
    (void)compile_cgroup(config, "web1", CgroupLayout{}, problems);
    CHECK(problems.empty() != asked);
  }
}

}  // namespace
}  // namespace berth::plan
