// The numbers of `events`, from files as kernels write them.
#include "runtime/cgroup/usage/stats.h"

#include "runtime/cgroup/usage/stat_files.h"
#include "spec/json/json.h"
#include "tests/unit/cgroup_fixture.h"

namespace berth::cgroup {
namespace {

spec::Stats stats_of(const FakeCgroups& group) { return read_stats({{group.top(), group.top()}}); }

TEST_CASE("v1: times are nanoseconds, whichever unit their file has") {
  const FakeCgroups group;
  group.write("cpuacct.usage", "7000000123\n");
  group.write("cpuacct.stat", "user 3\nsystem 5\n");
  group.write("cpuacct.usage_percpu", "7000000000 123 \n");
  group.write("cpuacct.usage_all", "cpu user system\n0 11 22\n1 33 44\n");
  group.write("cpu.stat", "nr_periods 8\nnr_throttled 2\nthrottled_time 900\n");
  const spec::CpuStats cpu = stats_of(group).cpu;
  CHECK(cpu.usage.total == 7000000123);
  CHECK(cpu.usage.user == 30'000'000);
  CHECK(cpu.usage.kernel == 50'000'000);
  CHECK(cpu.usage.per_cpu == spec::Numbers{7000000000, 123});
  CHECK(cpu.usage.per_cpu_user == spec::Numbers{11, 33});
  CHECK(cpu.usage.per_cpu_kernel == spec::Numbers{22, 44});
  CHECK(cpu.throttling.periods == 8);
  CHECK(cpu.throttling.throttled_periods == 2);
  CHECK(cpu.throttling.throttled_time == 900);
  CHECK_FALSE(cpu.pressure);
}

TEST_CASE("v2: times are nanoseconds, whichever unit their file has") {
  const FakeCgroups group;
  group.write("cpu.stat",
              "usage_usec 10\nuser_usec 4\nsystem_usec 6\nnr_periods 1\nnr_throttled 1\n"
              "throttled_usec 3\n");
  group.write("cpu.pressure",
              "some avg10=1.50 avg60=0.25 avg300=0.00 total=77\n"
              "full avg10=0.00 avg60=0.00 avg300=12.00 total=5\n");
  const spec::CpuStats cpu = stats_of(group).cpu;
  CHECK(cpu.usage.total == 10'000);
  CHECK(cpu.usage.user == 4'000);
  CHECK(cpu.usage.kernel == 6'000);
  CHECK(cpu.throttling.throttled_time == 3'000);
  REQUIRE(cpu.pressure);
  CHECK(cpu.pressure->some.avg10.text == "1.50");
  CHECK(spec::to_json(cpu.pressure->some) ==
        R"({"avg10":1.50,"avg60":0.25,"avg300":0.00,"total":77})");
  CHECK(cpu.pressure->some.total == 77);
  CHECK(cpu.pressure->full.avg300.text == "12.00");
  CHECK(cpu.pressure->full.total == 5);
}

TEST_CASE("v1: memory, memory with swap, and the kernel's part have their limits and peaks") {
  const FakeCgroups group;
  int number = 1;
  for (const char* prefix : {"memory.", "memory.memsw.", "memory.kmem.", "memory.kmem.tcp."}) {
    for (const char* file : {"limit_in_bytes", "usage_in_bytes", "max_usage_in_bytes", "failcnt"})
      group.write(std::string(prefix) + file, std::to_string(number++) + "\n");
  }
  group.write("memory.stat", "cache 5\nrss 6\n");
  const spec::MemoryStats memory = stats_of(group).memory;
  CHECK(memory.cache == 5);
  CHECK(memory.raw == std::map<std::string, std::uint64_t>{{"cache", 5}, {"rss", 6}});
  const auto numbers = [](const spec::UsageStats& stats) {
    return std::vector<std::uint64_t>{stats.limit, stats.usage, stats.max, stats.failures};
  };
  CHECK(numbers(memory.usage) == std::vector<std::uint64_t>{1, 2, 3, 4});
  CHECK(numbers(memory.swap) == std::vector<std::uint64_t>{5, 6, 7, 8});
  CHECK(numbers(memory.kernel) == std::vector<std::uint64_t>{9, 10, 11, 12});
  CHECK(numbers(memory.kernel_tcp) == std::vector<std::uint64_t>{13, 14, 15, 16});
}

TEST_CASE(
    "v2: swap is counted together with memory, as v1 does, and no limit is the largest number") {
  const FakeCgroups group;
  group.write("memory.current", "100\n");
  group.write("memory.max", "1000\n");
  group.write("memory.peak", "300\n");
  group.write("memory.events", "low 0\nhigh 0\nmax 9\noom 0\noom_kill 0\n");
  group.write("memory.swap.current", "50\n");
  group.write("memory.swap.max", "max\n");
  group.write("memory.stat", "file 7\nanon 8\n");
  const spec::MemoryStats memory = stats_of(group).memory;
  CHECK(memory.cache == 7);
  CHECK(memory.usage.limit == 1000);
  CHECK(memory.usage.max == 300);
  CHECK(memory.usage.failures == 9);
  CHECK(memory.swap.usage == 150);
  CHECK(memory.swap.limit == kNoLimit);
}

TEST_CASE("processes: no limit is 0") {
  const FakeCgroups group;
  group.write("pids.current", "3\n");
  group.write("pids.max", "max\n");
  CHECK(stats_of(group).pids.limit == 0);
  CHECK(stats_of(group).pids.current == 3);
  group.write("pids.max", "12\n");
  CHECK(stats_of(group).pids.limit == 12);
}

TEST_CASE("block I/O: each device and kind of operation, without the totals") {
  const FakeCgroups v1, v2;
  v1.write("blkio.throttle.io_service_bytes_recursive",
           "8:0 Read 4096\n8:0 Write 1\n253:1 Read 2\nTotal 4099\n");
  v1.write("blkio.time_recursive", "8:0 70\n");
  spec::BlockStats block = stats_of(v1).block;
  CHECK(spec::to_json(block.bytes) ==
        R"([{"major":8,"op":"Read","value":4096},{"major":8,"op":"Write","value":1},)"
        R"({"major":253,"minor":1,"op":"Read","value":2}])");
  CHECK(spec::to_json(block.time) == R"([{"major":8,"value":70}])");
  v2.write("io.stat", "8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n");
  block = stats_of(v2).block;
  REQUIRE(block.bytes.size() == 3);
  CHECK(spec::to_json(block.bytes[1]) == R"({"major":8,"minor":16,"op":"Write","value":2})");
  REQUIRE(block.operations.size() == 3);
  CHECK(block.operations[0].value == 3);
}

TEST_CASE("a scheduler's own counts come before those of the throttle") {
  const FakeCgroups group;
  group.write("blkio.throttle.io_serviced_recursive", "8:0 Read 1\n");
  group.write("blkio.bfq.io_serviced_recursive", "8:0 Read 2\n");
  REQUIRE(stats_of(group).block.operations.size() == 1);
  CHECK(stats_of(group).block.operations[0].value == 2);
}

TEST_CASE("the processors and memory nodes that processes can have are single numbers") {
  const FakeCgroups v1, v2;
  v1.write("cpuset.effective_cpus", "0-2,5\n");
  v1.write("cpuset.effective_mems", "0\n");
  CHECK(stats_of(v1).cpuset.cpus == spec::Numbers{0, 1, 2, 5});
  CHECK(stats_of(v1).cpuset.mems == spec::Numbers{0});
  v2.write("cpuset.cpus.effective", "1\n");
  CHECK(stats_of(v2).cpuset.cpus == spec::Numbers{1});
  CHECK(parse_ranges("\n").empty());
}

TEST_CASE(
    "cgroups of several hierarchies are one container, and those that are gone count nothing") {
  const FakeCgroups pids, unified;
  pids.write("pids.current", "3\n");
  unified.write("cpu.stat", "usage_usec 10\n");
  const spec::Stats stats = read_stats({{pids.top(), pids.top()},
                                        {pids.at("gone"), pids.at("gone")},
                                        {unified.top(), unified.top()}});
  CHECK(stats.pids.current == 3);
  CHECK(stats.cpu.usage.total == 10'000);
  CHECK(stats.memory.usage.usage == 0);
}

}  // namespace
}  // namespace berth::cgroup
