#include <catch2/catch.hpp>

#include <utility>

#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/resources.h"
#include "runtime/compile/order.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

CgroupHierarchy v1(const std::string& controller) {
  return {.name = controller,
          .controllers = {controller},
          .mountpoint = "/cg/" + controller,
          .root = "/",
          .own_path = "/"};
}

CgroupHierarchy v2(const std::string& mountpoint, std::vector<std::string> controllers) {
  return {.name = "",
          .controllers = std::move(controllers),
          .mountpoint = mountpoint,
          .root = "/",
          .unified = true,
          .own_path = "/"};
}

CgroupLayout v1_layout() {
  return {.mode = CgroupLayout::Mode::V1,
          .hierarchies = {v1("cpu"), v1("cpuset"), v1("memory"), v1("devices"), v1("pids")}};
}

CgroupLayout v2_layout() {
  return {.mode = CgroupLayout::Mode::V2,
          .hierarchies = {v2("/cg", {"cpuset", "cpu", "io", "memory", "pids"})}};
}

CgroupLayout hybrid_layout() {
  return {.mode = CgroupLayout::Mode::Hybrid,
          .hierarchies = {v1("cpu"), v1("memory"), v1("devices"), v2("/cg/unified", {"pids"})}};
}

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

/// `controller/file=value` of each write, without devices.
std::vector<std::string> writes_of(const spec::Resources& resources, const CgroupLayout& layout) {
  Problems problems;
  std::vector<std::string> lines;
  for (const CgroupWrite& write : compile_resources(resources, layout, problems)) {
    lines.push_back(write.controller + "/" + write.file + "=" + write.value);
  }
  CHECK(problems.empty());
  return lines;
}

/// The pointers of all problems; an Unsupported one has a `?` in front.
std::vector<std::string> problems_of(const spec::Resources& resources, const CgroupLayout& layout) {
  Problems problems;
  (void)compile_resources(resources, layout, problems);
  std::vector<std::string> pointers;
  for (const Problem& problem : problems.list()) {
    pointers.push_back((problem.kind == ErrorKind::Unsupported ? "?" : "") + problem.pointer);
  }
  return pointers;
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

TEST_CASE("V2-21: the systemd form of cgroupsPath is not supported yet") {
  const CompiledCgroup compiled = compile(with_path("system.slice:docker:4f5"), v2_layout());
  REQUIRE(compiled.problems.list().size() == 1);
  CHECK(compiled.problems.list()[0].pointer == "/linux/cgroupsPath");
  CHECK(compiled.problems.list()[0].kind == ErrorKind::Unsupported);
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

// ---- resources ------------------------------------------------------------------------------

struct Case {
  const char* name;
  spec::Resources resources;
  Lines v1;
  Lines v2;
};

spec::Resources memory(spec::Memory values) { return {.memory = values}; }
spec::Resources cpu(spec::Cpu values) { return {.cpu = std::move(values)}; }
spec::Resources pids(std::int64_t limit) { return {.pids = spec::Pids{limit}}; }

const Case kCases[] = {
    {"nothing", {}, {}, {}},
    {"empty sections",
     {.memory = spec::Memory{}, .cpu = spec::Cpu{}, .pids = spec::Pids{}},
     {},
     {}},
    {"zero means unset",
     {.memory = spec::Memory{.limit = 0,
                             .reservation = 0,
                             .swap = 0,
                             .kernel = 0,
                             .disable_oom_killer = false,
                             .use_hierarchy = true,
                             .check_before_update = false},
      .cpu = spec::Cpu{.shares = 0, .quota = 0, .period = 0, .cpus = "", .mems = ""},
      .block_io = spec::BlockIo{.weight = 0}},
     {},
     {}},
    {"RS-PID-1 limit", pids(33), {"pids/pids.max=33"}, {"pids/pids.max=33"}},
    {"RS-PID-1 none", pids(-1), {"pids/pids.max=max"}, {"pids/pids.max=max"}},
    {"RS-PID-1 zero", pids(0), {"pids/pids.max=0"}, {"pids/pids.max=1"}},
    {"RS-MEM-1 limit",
     memory({.limit = 1 << 20}),
     {"memory/memory.limit_in_bytes=1048576"},
     {"memory/memory.max=1048576"}},
    {"RS-MEM-1 swap is a sum in v1, alone in v2",
     memory({.limit = 1 << 20, .reservation = 4096, .swap = 3 << 20}),
     {"memory/memory.limit_in_bytes=1048576", "memory/memory.memsw.limit_in_bytes=3145728",
      "memory/memory.soft_limit_in_bytes=4096"},
     {"memory/memory.max=1048576", "memory/memory.swap.max=2097152", "memory/memory.low=4096"}},
    {"RS-MEM-1 no swap",
     memory({.limit = 8192, .swap = 8192}),
     {"memory/memory.limit_in_bytes=8192", "memory/memory.memsw.limit_in_bytes=8192"},
     {"memory/memory.max=8192", "memory/memory.swap.max=0"}},
    {"RS-MEM-1 unlimited swap first",
     memory({.limit = 8192, .swap = -1}),
     {"memory/memory.memsw.limit_in_bytes=-1", "memory/memory.limit_in_bytes=8192"},
     {"memory/memory.swap.max=max", "memory/memory.max=8192"}},
    {"RS-MEM-1 no limits",
     memory({.limit = -1, .reservation = -1, .swap = -1}),
     {"memory/memory.memsw.limit_in_bytes=-1", "memory/memory.limit_in_bytes=-1",
      "memory/memory.soft_limit_in_bytes=-1"},
     {"memory/memory.swap.max=max", "memory/memory.max=max", "memory/memory.low=max"}},
    {"RS-CPU-1 shares", cpu({.shares = 512}), {"cpu/cpu.shares=512"}, {"cpu/cpu.weight=59"}},
    {"RS-CPU-1 quota and period",
     cpu({.quota = 20000, .period = 50000}),
     {"cpu/cpu.cfs_period_us=50000", "cpu/cpu.cfs_quota_us=20000"},
     {"cpu/cpu.max=20000 50000"}},
    {"RS-CPU-1 quota alone",
     cpu({.quota = 20000}),
     {"cpu/cpu.cfs_quota_us=20000"},
     {"cpu/cpu.max=20000 100000"}},
    {"RS-CPU-1 period alone",
     cpu({.period = 50000}),
     {"cpu/cpu.cfs_period_us=50000"},
     {"cpu/cpu.max=max 50000"}},
    {"RS-CPU-1 no quota",
     cpu({.quota = -1}),
     {"cpu/cpu.cfs_quota_us=-1"},
     {"cpu/cpu.max=max 100000"}},
    {"RS-CPU-1 cpuset",
     cpu({.cpus = "0-1,3", .mems = "0"}),
     {"cpuset/cpuset.cpus=0-1,3", "cpuset/cpuset.mems=0"},
     {"cpuset/cpuset.cpus=0-1,3", "cpuset/cpuset.mems=0"}},
};

TEST_CASE("RS-PID-1 RS-MEM-1 RS-CPU-1: each limit is one write in v1 and in v2") {
  for (const Case& one : kCases) {
    INFO(one.name);
    CHECK(writes_of(one.resources, v1_layout()) == one.v1);
    CHECK(writes_of(one.resources, v2_layout()) == one.v2);
  }
}

TEST_CASE("hybrid: a limit goes to where its controller lives") {
  const spec::Resources both{.memory = spec::Memory{.limit = 8192}, .pids = spec::Pids{5}};
  CHECK(writes_of(both, hybrid_layout()) ==
        Lines{"memory/memory.limit_in_bytes=8192", "pids/pids.max=5"});
}

TEST_CASE("V2-01: shares become weights on the curve that runc and crun use") {
  const auto [shares, weight] = GENERATE(table<std::uint64_t, std::string>({
      {1, "1"},
      {2, "1"},
      {3, "2"},
      {256, "35"},
      {1024, "100"},
      {2000, "170"},
      {4096, "303"},
      {262143, "10000"},
      {262144, "10000"},
      {9999999, "10000"},
  }));
  CHECK(writes_of(cpu({.shares = shares}), v2_layout()) == Lines{"cpu/cpu.weight=" + weight});
}

TEST_CASE("every write names the property that asked for it") {
  Problems problems;
  const spec::Resources resources{.memory = spec::Memory{.limit = 8192, .swap = 9000},
                                  .cpu = spec::Cpu{.quota = 5000, .period = 9000},
                                  .pids = spec::Pids{1}};
  Lines origins;
  for (const auto& write : compile_resources(resources, v1_layout(), problems)) {
    origins.push_back(write.origin);
  }
  CHECK(origins == Lines{"/linux/resources/memory/limit", "/linux/resources/memory/swap",
                         "/linux/resources/cpu/period", "/linux/resources/cpu/quota",
                         "/linux/resources/pids/limit"});
}

struct Refused {
  spec::Resources resources;
  std::string problem;
};

TEST_CASE("RS-MEM-1 RS-CPU-1 RS-PID-1: values that make no sense are problems at their place") {
  const Refused cases[] = {
      {pids(-2), "/linux/resources/pids/limit"},
      {memory({.limit = -2}), "/linux/resources/memory/limit"},
      {memory({.swap = 4096}), "/linux/resources/memory/swap"},
      {memory({.limit = -1, .swap = 4096}), "/linux/resources/memory/swap"},
      {memory({.limit = 8192, .swap = 4096}), "/linux/resources/memory/swap"},
      {memory({.reservation = -7}), "/linux/resources/memory/reservation"},
      {cpu({.quota = -5}), "/linux/resources/cpu/quota"},
      {cpu({.cpus = "0\n1"}), "/linux/resources/cpu/cpus"},
      {cpu({.mems = "all"}), "/linux/resources/cpu/mems"},
  };
  for (const Refused& one : cases) {
    CHECK(problems_of(one.resources, v1_layout()) == Lines{one.problem});
    CHECK(problems_of(one.resources, v2_layout()) == Lines{one.problem});
  }
}

TEST_CASE("RS-UNI-3: a resource without its controller is a problem that names both") {
  const CgroupLayout bare{.mode = CgroupLayout::Mode::V2, .hierarchies = {v2("/cg", {})}};
  Problems problems;
  const spec::Resources all{.memory = spec::Memory{.limit = 8192},
                            .cpu = spec::Cpu{.shares = 5, .period = 6000, .cpus = "0"},
                            .pids = spec::Pids{5}};
  CHECK(compile_resources(all, bare, problems).empty());
  CHECK(problems_of(all, bare) ==
        Lines{"?/linux/resources/memory/limit", "?/linux/resources/cpu/shares",
              "?/linux/resources/cpu/period", "?/linux/resources/cpu/cpus",
              "?/linux/resources/pids/limit"});
  CHECK(problems.list()[0].message ==
        "no cgroup hierarchy that is mounted here has the 'memory' controller");
  CHECK(problems_of({}, CgroupLayout{}).empty());
}

TEST_CASE("RS-MEM-1: a v1 kernel that does not count swap cannot limit it") {
  CgroupLayout layout = v1_layout();
  layout.limits_swap = false;
  CHECK(problems_of(memory({.limit = 8192, .swap = 8192}), layout) ==
        Lines{"?/linux/resources/memory/swap"});
  CHECK(writes_of(memory({.limit = 8192, .swap = -1}), layout) ==
        Lines{"memory/memory.limit_in_bytes=8192"});
}

TEST_CASE("what is not done yet is refused at its exact place") {
  const Refused cases[] = {
      {memory({.kernel = 1}), "memory/kernel"},
      {memory({.kernel_tcp = 1}), "memory/kernelTCP"},
      {memory({.swappiness = 0}), "memory/swappiness"},
      {memory({.disable_oom_killer = true}), "memory/disableOOMKiller"},
      {memory({.check_before_update = true}), "memory/checkBeforeUpdate"},
      {memory({.use_hierarchy = false}), "memory/useHierarchy"},
      {cpu({.burst = 1}), "cpu/burst"},
      {cpu({.realtime_runtime = 1}), "cpu/realtimeRuntime"},
      {cpu({.realtime_period = 1}), "cpu/realtimePeriod"},
      {cpu({.idle = 1}), "cpu/idle"},
      {{.block_io = spec::BlockIo{.weight = 100}}, "blockIO/weight"},
      {{.block_io = spec::BlockIo{.leaf_weight = 100}}, "blockIO/leafWeight"},
      {{.block_io = spec::BlockIo{.weight_device = {{}}}}, "blockIO/weightDevice"},
      {{.block_io = spec::BlockIo{.throttle_read_bps_device = {{}}}},
       "blockIO/throttleReadBpsDevice"},
      {{.block_io = spec::BlockIo{.throttle_write_bps_device = {{}}}},
       "blockIO/throttleWriteBpsDevice"},
      {{.block_io = spec::BlockIo{.throttle_read_iops_device = {{}}}},
       "blockIO/throttleReadIOPSDevice"},
      {{.block_io = spec::BlockIo{.throttle_write_iops_device = {{}}}},
       "blockIO/throttleWriteIOPSDevice"},
      {{.hugepage_limits = {{"2MB", 1}}}, "hugepageLimits"},
      {{.network = spec::Network{.class_id = 1}}, "network/classID"},
      {{.network = spec::Network{.priorities = {{"lo", 1}}}}, "network/priorities"},
      {{.rdma = {{"mlx5_1", {}}}}, "rdma"},
      {{.unified = {{"memory.high", "1"}}}, "unified"},
  };
  for (const Refused& one : cases) {
    CHECK(problems_of(one.resources, v1_layout()) == Lines{"?/linux/resources/" + one.problem});
  }
}

}  // namespace
}  // namespace berth::plan
