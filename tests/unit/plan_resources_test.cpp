// Each property of linux.resources as the file and the value that v1 and v2 have for it.
#include <catch2/catch.hpp>

#include "runtime/compile/cgroup/resources.h"
#include "tests/unit/cgroup_layouts.h"

namespace berth::plan {
namespace {

/// `controller/file=value` of each write, without devices; `| file=value` for a kernel without the
/// first file, `?` if a kernel may lack it.
std::vector<std::string> writes_of(const spec::Resources& resources, const CgroupLayout& layout,
                                   const Standing& standing = {}) {
  Problems problems;
  std::vector<std::string> lines;
  for (const CgroupWrite& write : compile_resources(resources, layout, problems, standing)) {
    lines.push_back(write.controller + "/" + write.file + "=" + write.value);
    if (!write.other_file.empty()) {
      lines.back() += " | " + write.other_file + "=" + write.other_value;
    }
    if (write.is_default) lines.back() += " ?";
  }
  for (const Problem& problem : problems.list()) FAIL_CHECK(problem.pointer + problem.message);
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
                             .kernel_tcp = 0,
                             .use_hierarchy = true,
                             .check_before_update = false},
      .cpu = spec::Cpu{.shares = 0,
                       .quota = 0,
                       .period = 0,
                       .realtime_runtime = 0,
                       .realtime_period = 0,
                       .cpus = "",
                       .mems = ""},
      .block_io = spec::BlockIo{.weight = 0,
                                .leaf_weight = 0,
                                .weight_device = {{.major = 8, .weight = 0, .leaf_weight = 0}}},
      .network = spec::Network{}},
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
     {"memory/memory.memsw.limit_in_bytes=-1 ?", "memory/memory.limit_in_bytes=8192"},
     {"memory/memory.swap.max=max ?", "memory/memory.max=8192"}},
    {"RS-MEM-1 no limits",
     memory({.limit = -1, .reservation = -1, .swap = -1}),
     {"memory/memory.memsw.limit_in_bytes=-1 ?", "memory/memory.limit_in_bytes=-1",
      "memory/memory.soft_limit_in_bytes=-1"},
     {"memory/memory.swap.max=max ?", "memory/memory.max=max", "memory/memory.low=max"}},
    {"RS-MEM-1 without a limit there is none with swap, either",
     memory({.limit = -1}),
     {"memory/memory.memsw.limit_in_bytes=-1 ?", "memory/memory.limit_in_bytes=-1"},
     {"memory/memory.swap.max=max ?", "memory/memory.max=max"}},
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
     cpu({.cpus = "0-1,3,65535", .mems = "0"}),
     {"cpuset/cpuset.cpus=0-1,3,65535", "cpuset/cpuset.mems=0"},
     {"cpuset/cpuset.cpus=0-1,3,65535", "cpuset/cpuset.mems=0"}},
};

spec::Resources block_io(spec::BlockIo values) { return {.block_io = std::move(values)}; }

const Case kDeviceCases[] = {
    {"RS-MEM-1 no limit of kernel memory is what there is",
     memory({.kernel = -1, .kernel_tcp = -1}),
     {"memory/memory.kmem.tcp.limit_in_bytes=-1 ?"},
     {}},
    {"RS-CPU-2 not idle before the shares, no burst before the quota: the cgroup may be an old one",
     cpu({.shares = 2, .quota = 20000, .burst = 0, .idle = 0}),
     {"cpu/cpu.cfs_burst_us=0 ?", "cpu/cpu.idle=0 ?", "cpu/cpu.shares=2",
      "cpu/cpu.cfs_quota_us=20000"},
     {"cpu/cpu.max.burst=0 ?", "cpu/cpu.idle=0 ?", "cpu/cpu.weight=1", "cpu/cpu.max=20000 100000"}},
    {"RS-MEM-2 RS-NET-1 what v2 has by itself is written in v1",
     {.memory = spec::Memory{.disable_oom_killer = false}, .network = spec::Network{.class_id = 0}},
     {"memory/memory.oom_control=0 ?", "net_cls/net_cls.classid=0 ?"},
     {}},
    {"RS-CPU-2 burst after the quota",
     cpu({.quota = 20000, .burst = 10000}),
     {"cpu/cpu.cfs_quota_us=20000", "cpu/cpu.cfs_burst_us=10000"},
     {"cpu/cpu.max=20000 100000", "cpu/cpu.max.burst=10000"}},
    {"RS-CPU-1 shares before idle",
     cpu({.shares = 9999999, .idle = 1}),
     {"cpu/cpu.shares=262144", "cpu/cpu.idle=1"},
     {"cpu/cpu.weight=10000", "cpu/cpu.idle=1"}},
    {"RS-BIO-1 weight",
     block_io({.weight = 500}),
     {"blkio/blkio.weight=500 | blkio.bfq.weight=500"},
     {"io/io.bfq.weight=500 | io.weight=4950"}},
    {"RS-BIO-1 the ends of the weights",
     block_io({.weight = 10, .weight_device = {{.major = 8, .minor = 16, .weight = 1000}}}),
     {"blkio/blkio.weight=10 | blkio.bfq.weight=10",
      "blkio/blkio.weight_device=8:16 1000 | blkio.bfq.weight_device=8:16 1000"},
     {"io/io.bfq.weight=10 | io.weight=1", "io/io.bfq.weight=8:16 1000 | io.weight=8:16 10000"}},
    {"RS-BIO-1 throttling",
     block_io({.throttle_read_bps_device = {{7, 1, 1024}, {7, 2, 0}},
               .throttle_write_bps_device = {{7, 1, 2048}},
               .throttle_read_iops_device = {{7, 1, 10}},
               .throttle_write_iops_device = {{7, 1, 20}}}),
     {"blkio/blkio.throttle.read_bps_device=7:1 1024", "blkio/blkio.throttle.read_bps_device=7:2 0",
      "blkio/blkio.throttle.write_bps_device=7:1 2048",
      "blkio/blkio.throttle.read_iops_device=7:1 10",
      "blkio/blkio.throttle.write_iops_device=7:1 20"},
     {"io/io.max=7:1 rbps=1024", "io/io.max=7:2 rbps=max", "io/io.max=7:1 wbps=2048",
      "io/io.max=7:1 riops=10", "io/io.max=7:1 wiops=20"}},
    {"RS-HUG-1 RS-HUG-2 reservations, or else pages",
     {.hugepage_limits = {{"2MB", 4194304}, {"1GB", 0}}},
     {"hugetlb/hugetlb.2MB.rsvd.limit_in_bytes=4194304 | hugetlb.2MB.limit_in_bytes=4194304",
      "hugetlb/hugetlb.1GB.rsvd.limit_in_bytes=0 | hugetlb.1GB.limit_in_bytes=0"},
     {"hugetlb/hugetlb.2MB.rsvd.max=4194304 | hugetlb.2MB.max=4194304",
      "hugetlb/hugetlb.1GB.rsvd.max=0 | hugetlb.1GB.max=0"}},
    {"RS-RDMA-1 limits of devices",
     {.rdma = {{"mlx4_0", {.hca_objects = 1}}, {"mlx5_1", {.hca_handles = 3, .hca_objects = 4}}}},
     {"rdma/rdma.max=mlx4_0 hca_object=1", "rdma/rdma.max=mlx5_1 hca_handle=3 hca_object=4"},
     {"rdma/rdma.max=mlx4_0 hca_object=1", "rdma/rdma.max=mlx5_1 hca_handle=3 hca_object=4"}},
};

TEST_CASE("RS-PID-1 RS-MEM-1 RS-CPU-1: each limit is one write in v1 and in v2") {
  for (const Case& one : kCases) {
    INFO(one.name);
    CHECK(writes_of(one.resources, v1_layout()) == one.v1);
    CHECK(writes_of(one.resources, v2_layout()) == one.v2);
  }
}

TEST_CASE("RS-CPU-2 RS-BIO-1 RS-HUG-2 RS-RDMA-1: what newer kernels and devices have, in both") {
  for (const Case& one : kDeviceCases) {
    INFO(one.name);
    CHECK(writes_of(one.resources, v1_layout()) == one.v1);
    CHECK(writes_of(one.resources, v2_layout()) == one.v2);
  }
}

struct OnlyV1 {
  spec::Resources resources;
  Lines v1;
  std::string pointer;  ///< of the problem in v2
};

const OnlyV1 kOnlyV1[] = {
    {memory({.kernel_tcp = 8192}),
     {"memory/memory.kmem.tcp.limit_in_bytes=8192"},
     "memory/kernelTCP"},
    {memory({.swappiness = 0}), {"memory/memory.swappiness=0"}, "memory/swappiness"},
    {memory({.disable_oom_killer = true}),
     {"memory/memory.oom_control=1"},
     "memory/disableOOMKiller"},
    {cpu({.realtime_runtime = 950000}), {"cpu/cpu.rt_runtime_us=950000"}, "cpu/realtimeRuntime"},
    {cpu({.realtime_period = 1000000}), {"cpu/cpu.rt_period_us=1000000"}, "cpu/realtimePeriod"},
    {block_io({.leaf_weight = 300}), {"blkio/blkio.leaf_weight=300"}, "blockIO/leafWeight"},
    {block_io({.weight_device = {{.major = 8, .minor = 0, .leaf_weight = 300}}}),
     {"blkio/blkio.leaf_weight_device=8:0 300"},
     "blockIO/weightDevice/0/leafWeight"},
    {{.network = spec::Network{.class_id = 1048577}},
     {"net_cls/net_cls.classid=1048577"},
     "network/classID"},
    {{.network = spec::Network{.priorities = {{"eth0", 500}}}},
     {"net_prio/net_prio.ifpriomap=eth0 500"},
     "network/priorities/0"},
};

TEST_CASE("RS-MEM-2 RS-NET-1 RS-CONV-1: what v2 does not have is a problem there, never silent") {
  for (const OnlyV1& one : kOnlyV1) {
    INFO(one.pointer);
    CHECK(writes_of(one.resources, v1_layout()) == one.v1);
    CHECK(problems_of(one.resources, v2_layout()) == Lines{"?/linux/resources/" + one.pointer});
  }
}

TEST_CASE("RS-MEM-1 RS-MEM-2: what a kernel ignores by now, or does always, is refused") {
  const auto [without, pointer] = GENERATE(table<spec::Resources, std::string>({
      {memory({.use_hierarchy = false}), "memory/useHierarchy"},
      {memory({.kernel = 8192}), "memory/kernel"},
  }));
  CHECK(problems_of(without, v1_layout()) == Lines{"?/linux/resources/" + pointer});
  CHECK(problems_of(without, v2_layout()) == Lines{"?/linux/resources/" + pointer});
}

TEST_CASE("RS-UNI-1 RS-UNI-2: unified is written as it is, line by line, after all else") {
  const spec::Resources resources{.memory = spec::Memory{.limit = 8192},
                                  .unified = {{"cgroup.max.depth", "3"},
                                              {"io.max", "7:1 rbps=1024\n7:2 wbps=5\n"},
                                              {"memory.max", "16384"},
                                              {"memory.unknown", "x y"}}};
  CHECK(writes_of(resources, v2_layout()) ==
        Lines{"memory/memory.max=8192", "cgroup/cgroup.max.depth=3", "io/io.max=7:1 rbps=1024",
              "io/io.max=7:2 wbps=5", "memory/memory.max=16384", "memory/memory.unknown=x y"});
}

TEST_CASE("RS-UNI-2: an empty text of unified is a problem, because the kernel would ignore it") {
  const auto empty = GENERATE("", "\n");
  CHECK(problems_of({.unified = {{"memory.max", empty}, {"memory.high", "8192"}}}, v2_layout()) ==
        Lines{"/linux/resources/unified/memory.max"});
}

TEST_CASE("RS-UNI-3: a file of unified without its controller on v2 is a problem at its name") {
  const spec::Resources resources{
      .unified = {{"cgroup.max.depth", "3"}, {"memory.oom.group", "1"}, {"what", "1"}}};
  CHECK(problems_of(resources, hybrid_layout()) ==
        Lines{"?/linux/resources/unified/memory.oom.group", "?/linux/resources/unified/what"});
  CHECK(problems_of(resources, v1_layout()) == Lines{"?/linux/resources/unified/cgroup.max.depth",
                                                     "?/linux/resources/unified/memory.oom.group",
                                                     "?/linux/resources/unified/what"});
}

TEST_CASE("hybrid: block devices go to v2 if it has their controller") {
  const CgroupLayout layout{.mode = CgroupLayout::Mode::Hybrid,
                            .hierarchies = {v1("cpu"), v2("/cg/unified", {"io"})}};
  CHECK(writes_of(block_io({.throttle_read_bps_device = {{7, 1, 9}}}), layout) ==
        Lines{"io/io.max=7:1 rbps=9"});
}

// ---- an update of a cgroup ------------------------------------------------------------------

TEST_CASE("what a cgroup without the controller has by itself is not a problem") {
  const CgroupLayout bare{.mode = CgroupLayout::Mode::V2, .hierarchies = {v2("/cg", {})}};
  CHECK(writes_of(cpu({.burst = 0, .idle = 0}), bare).empty());
  CHECK(problems_of(cpu({.idle = 1}), bare) == Lines{"?/linux/resources/cpu/idle"});
}

TEST_CASE("an update writes what a new cgroup has by itself, in a kernel that has the file") {
  const spec::Resources resources{
      .memory = spec::Memory{.kernel_tcp = -1, .disable_oom_killer = false, .use_hierarchy = true},
      .cpu = spec::Cpu{.burst = 0, .idle = 0}};
  const Standing old{.is_new = false};
  CHECK(writes_of(resources, v1_layout(), old) ==
        Lines{"memory/memory.kmem.tcp.limit_in_bytes=-1 ?", "memory/memory.oom_control=0 ?",
              "cpu/cpu.cfs_burst_us=0 ?", "cpu/cpu.idle=0 ?"});
  CHECK(writes_of(resources, v2_layout(), old) ==
        Lines{"cpu/cpu.max.burst=0 ?", "cpu/cpu.idle=0 ?"});
}

TEST_CASE("an update takes from the cgroup what it does not say itself") {
  const Standing old{
      .is_new = false, .memory_limit = 8192, .cpu_quota = "20000", .cpu_period = "50000"};
  CHECK(writes_of(memory({.swap = 10000}), v2_layout(), old) ==
        Lines{"memory/memory.swap.max=1808"});
  CHECK(writes_of(memory({.swap = 10000}), v1_layout(), old) ==
        Lines{"memory/memory.memsw.limit_in_bytes=10000"});
  CHECK(problems_of(memory({.swap = 10000}), v2_layout()) == Lines{"/linux/resources/memory/swap"});
  CHECK(writes_of(cpu({.quota = 9000}), v2_layout(), old) == Lines{"cpu/cpu.max=9000 50000"});
  CHECK(writes_of(cpu({.period = 9000}), v2_layout(), old) == Lines{"cpu/cpu.max=20000 9000"});
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
      {cpu({.cpus = "0-4294967295"}), "/linux/resources/cpu/cpus"},
      {cpu({.cpus = "0-3,65536"}), "/linux/resources/cpu/cpus"},
      {cpu({.mems = "99999999999999999999"}), "/linux/resources/cpu/mems"},
      {cpu({.realtime_runtime = -2}), "/linux/resources/cpu/realtimeRuntime"},
      {memory({.kernel = -2}), "/linux/resources/memory/kernel"},
      {block_io({.weight = 1001}), "/linux/resources/blockIO/weight"},
      {block_io({.weight_device = {{.weight = 1001}}}),
       "/linux/resources/blockIO/weightDevice/0/weight"},
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
              "?/linux/resources/cpu/period", "?/linux/resources/pids/limit",
              "?/linux/resources/cpu/cpus"});
  CHECK(problems.list()[0].message ==
        "no cgroup hierarchy that is mounted here has the 'memory' controller");
  CHECK(problems_of({}, CgroupLayout{}).empty());
}

}  // namespace
}  // namespace berth::plan
