// Under systemd: the limits as properties of the unit.
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

TEST_CASE(
    "V2-21: every scope is delegated, forgotten when it has ended, and without a tasks limit") {
  const std::vector<UnitProperty> properties = scoped({}).scope.value().properties;
  for (const char* line : {"Slice s system.slice", "Delegate b true",
                           "CollectMode s inactive-or-failed", "DefaultDependencies b false",
                           "TasksMax t 18446744073709551615", "MemoryAccounting b true"}) {
    CHECK(has(properties, line));
  }
}

TEST_CASE("V2-23: limits are properties of the unit, too") {
  CHECK(limits_of({{"memory.max", "1048576"},
                   {"memory.low", "4096"},
                   {"memory.high", "max"},
                   {"memory.swap.max", "0"},
                   {"cpu.weight", "39"}}) == Lines{"MemoryMax t 1048576", "MemoryLow t 4096",
                                                   "MemoryHigh t 18446744073709551615",
                                                   "MemorySwapMax t 0", "CPUWeight t 39"});
  CHECK(limits_of({{"cpuset.cpus", "0-2,8"}, {"cpuset.mems", "0"}}) ==
        Lines{"AllowedCPUs ay 2 7 1", "AllowedMemoryNodes ay 1 1"});
  CHECK(limits_of({{"io.weight", "default 200"},
                   {"io.weight", "8:0 300"},
                   {"io.bfq.weight", "500"},
                   {"io.bfq.weight", "8:0 50"},
                   {"io.max", "8:16 rbps=1024 wiops=max"}}) ==
        Lines{"IOWeight t 200", "IODeviceWeight a(st) 1 /dev/block/8:0 300", "IOWeight t 4500",
              "IODeviceWeight a(st) 1 /dev/block/8:0 50",
              "IOReadBandwidthMax a(st) 1 /dev/block/8:16 1024",
              "IOWriteIOPSMax a(st) 1 /dev/block/8:16 18446744073709551615"});
}

TEST_CASE("V2-23: a range that no kernel has ends at the last number that one could have") {
  const Lines lines = limits_of({{"cpuset.cpus", "65528-4294967295"}});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("AllowedCPUs ay 8192 0 "));
  CHECK(lines[0].ends_with(" 0 255"));
}

TEST_CASE("V2-23: without BFQ io.weight has the number that systemd writes to it") {
  spec::Config config;
  config.linux.resources.emplace().block_io.emplace().weight = 500;
  const CgroupPlan plan = scoped(config);
  REQUIRE(plan.writes.size() == 1);
  CHECK(plan.writes[0].file == "io.bfq.weight");
  CHECK(plan.writes[0].value == "500");
  CHECK(plan.writes[0].other_file == "io.weight");
  CHECK(plan.writes[0].other_value == "4500");
  CHECK(has(plan.scope.value().properties, "IOWeight t 4500"));
}

TEST_CASE("V2-23: what newer systemds write has a property, which an older one refuses by name") {
  CHECK(limits_of({{"memory.zswap.max", "0"}, {"memory.zswap.writeback", "0"}}) ==
        Lines{"MemoryZSwapMax t 0", "MemoryZSwapWriteback b false"});
}

TEST_CASE("V2-23: a CPU quota is a share of a second, in whole percent, and its period") {
  CHECK(limits_of({{"cpu.max", "25000 100000"}}) ==
        Lines{"CPUQuotaPerSecUSec t 250000", "CPUQuotaPeriodUSec t 100000"});
  CHECK(limits_of({{"cpu.max", "12345 100000"}}) ==
        Lines{"CPUQuotaPerSecUSec t 130000", "CPUQuotaPeriodUSec t 100000"});
  CHECK(limits_of({{"cpu.max", "max 50000"}}) ==
        Lines{"CPUQuotaPerSecUSec t 18446744073709551615", "CPUQuotaPeriodUSec t 50000"});
}

TEST_CASE("V2-23: cpu.idle is systemd's lowest weight, in place of the shares") {
  CHECK(limits_of({{"cpu.weight", "39"}, {"cpu.idle", "1"}}) == Lines{"CPUWeight t 0"});
  CHECK(limits_of({{"cpu.weight", "39"}, {"cpu.idle", "0"}}) == Lines{"CPUWeight t 39"});
}

TEST_CASE("a file that systemd has no property for has none") {
  CHECK(limits_of({{"rdma.max", "mlx5 hca_handle=2"}}).empty());
}

TEST_CASE("V2-23: memory.oom.group is the unit's OOMPolicy, from its start") {
  spec::Config config;
  config.linux.resources.emplace().unified["memory.oom.group"] = "1";
  CHECK(has(scoped(config).scope.value().properties, "OOMPolicy s kill"));
  config.linux.resources->unified["memory.oom.group"] = "0";
  CHECK(has(scoped(config).scope.value().properties, "OOMPolicy s continue"));
}

TEST_CASE("V2-23: a value that a property cannot have is a problem where it is asked for") {
  const auto [file, value] = GENERATE(table<std::string, std::string>({
      {"memory.max", "512M"},     {"memory.high", "-1"},
      {"memory.zswap.max", "1G"}, {"memory.oom.group", "yes"},
      {"pids.max", "many"},       {"cpu.weight", "idle"},
      {"cpu.weight.nice", "5"},   {"cpu.idle", "2"},
      {"cpu.max", "10000 0"},     {"cpu.max", "18446744073709551615 1"},
      {"cpu.max", "1 2 3"},       {"cpuset.cpus", "0-31:2/8"},
      {"cpuset.cpus", "3-1"},     {"cpuset.mems", "0,"},
      {"cpuset.mems", "all"},     {"io.weight", "8:0 default"},
      {"io.bfq.weight", "x 100"}, {"io.max", "8:0 rbps=1M"},
      {"io.max", "8:0 speed=1"},  {"io.max", "sda rbps=1"},
  }));
  CAPTURE(file, value);
  spec::Config config;
  config.linux.resources.emplace().unified[file] = value;
  const Problems problems = problems_of(config);
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/linux/resources/unified/" + file);
}

TEST_CASE("V2-23: values that a property can have are no problem") {
  const auto [file, value] = GENERATE(table<std::string, std::string>({
      {"memory.max", "max"},
      {"memory.swap.max", "0"},
      {"cpu.max", "max"},
      {"cpu.max", "17592186044415 1000000"},
      {"cpuset.cpus", "0-31,40"},
      {"io.weight", "default 100"},
      {"io.weight", "100"},
      {"io.bfq.weight", "8:0 50"},
      {"io.max", "8:0 rbps=1 wiops=max"},
      {"rdma.max", "mlx5 hca_handle=max"},
  }));
  CAPTURE(file, value);
  spec::Config config;
  config.linux.resources.emplace().unified[file] = value;
  CHECK(problems_of(config).empty());
}

TEST_CASE("V2-23: a quota that is not a whole percentage is rounded up with a warning") {
  CHECK(is_whole_percent("25000 100000"));
  CHECK(is_whole_percent("max 100000"));
  CHECK_FALSE(is_whole_percent("12345 100000"));
  spec::Config config = spec::default_config();
  config.linux.resources->cpu.emplace().period = 100'000;
  Host host = mighty_host();
  host.cgroups = machine();
  const auto warnings = [&](std::int64_t quota) {
    config.linux.resources->cpu->quota = quota;
    Problems problems;
    const Plan plan = compile(config, Request{.id = "web1", .bundle = "/b", .relay_terminal = true},
                              host, problems);
    return std::ranges::count_if(plan.warnings, [](const std::string& warning) {
      return warning.find("/linux/resources/cpu/quota") != std::string::npos;
    });
  };
  CHECK(warnings(25'000) == 0);
  CHECK(warnings(12'345) == 1);
}

TEST_CASE("the number of processes is limited when those that make the container are gone") {
  spec::Config config;
  config.linux.resources.emplace();
  config.linux.resources->pids.emplace();
  config.linux.resources->pids->limit = 1;
  const Scope scope = scoped(config).scope.value();
  CHECK(has(scope.properties, "TasksMax t 18446744073709551615"));
  CHECK(has(scope.late_properties, "TasksMax t 1"));
}

TEST_CASE("DV-17: device rules are properties of the unit, too") {
  Problems problems;
  const auto allow = [](std::string type, int major, int minor, std::string access) {
    spec::DeviceRule rule;
    rule.allow = true;
    rule.type = std::move(type);
    rule.major = major;
    rule.minor = minor;
    rule.access = std::move(access);
    return rule;
  };
  const auto properties =
      device_properties(compile_device_rules({allow("b", 8, 0, "r")}, problems));
  REQUIRE(properties.size() == 3);
  CHECK(line_of(properties[0]) == "DevicePolicy s strict");
  CHECK(line_of(properties[1]) == "DeviceAllow a(ss) 0");
  CHECK(line_of(properties[2]).find(" /dev/block/8:0 r ") != std::string::npos);
  CHECK(line_of(properties[2]).find(" char-* m ") != std::string::npos);
  CHECK(line_of(properties[2]).find(" /dev/char/1:3 rwm") != std::string::npos);
  CHECK(line_of(properties[2]).find(" char-pts rwm") != std::string::npos);
}

TEST_CASE("DV-17: device rules that systemd cannot express are berth's alone") {
  Problems problems;
  spec::DeviceRule all_of_a_driver;
  all_of_a_driver.allow = true;
  all_of_a_driver.type = "c";
  all_of_a_driver.major = 195;
  all_of_a_driver.access = "rwm";
  CHECK(lines_of(device_properties(compile_device_rules({all_of_a_driver}, problems))) ==
        Lines{"DevicePolicy s auto", "DeviceAllow a(ss) 0"});
  spec::DeviceRule everything;
  everything.allow = true;
  everything.access = "rwm";
  CHECK(lines_of(device_properties(compile_device_rules({everything}, problems))) ==
        Lines{"DevicePolicy s auto", "DeviceAllow a(ss) 0"});
}

}  // namespace berth::plan
