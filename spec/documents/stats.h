// What `events` reports: an envelope with a type, an id and, for `stats`, the numbers of the
// container's control groups, under the names that runc gives them and its callers read. Times are
// nanoseconds, sizes are bytes; a limit that is not set is the largest number, for `pids` 0.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "spec/json/visitor.h"

namespace berth::spec {

using Numbers = std::vector<std::uint64_t>;

/// How long processes waited for a resource. Kernel: accounting/psi.rst
struct PressureLine {
  Decimal avg10, avg60, avg300;  ///< percent of the time, averaged over so many seconds
  std::uint64_t total = 0;       ///< microseconds
};

void describe(auto& v, PressureLine& line) {
  v.required("avg10", line.avg10);
  v.required("avg60", line.avg60);
  v.required("avg300", line.avg300);
  v.required("total", line.total);
}

struct Pressure {
  PressureLine some;  ///< at least one process waited
  PressureLine full;  ///< all of them did
};

void describe(auto& v, Pressure& pressure) {
  v.required("some", pressure.some);
  v.required("full", pressure.full);
}

struct CpuUsage {
  std::uint64_t total = 0, kernel = 0, user = 0;
  Numbers per_cpu, per_cpu_kernel, per_cpu_user;  ///< v1 alone has them
};

void describe(auto& v, CpuUsage& usage) {
  v.required("total", usage.total);
  v.optional("percpu", usage.per_cpu);
  v.optional("percpu_kernel", usage.per_cpu_kernel);
  v.optional("percpu_user", usage.per_cpu_user);
  v.required("kernel", usage.kernel);
  v.required("user", usage.user);
}

struct CpuThrottling {
  std::uint64_t periods = 0, throttled_periods = 0, throttled_time = 0;
};

void describe(auto& v, CpuThrottling& throttling) {
  v.optional("periods", throttling.periods);
  v.optional("throttledPeriods", throttling.throttled_periods);
  v.optional("throttledTime", throttling.throttled_time);
}

struct CpuStats {
  CpuUsage usage;
  CpuThrottling throttling;
  std::optional<Pressure> pressure;
};

void describe(auto& v, CpuStats& cpu) {
  v.required("usage", cpu.usage);
  v.required("throttling", cpu.throttling);
  v.optional("psi", cpu.pressure);
}

struct CpusetStats {
  Numbers cpus, mems;  ///< those that the processes can have
};

void describe(auto& v, CpusetStats& cpuset) {
  v.optional("cpus", cpuset.cpus);
  v.optional("mems", cpuset.mems);
}

struct UsageStats {
  std::uint64_t limit = 0, usage = 0, max = 0;
  std::uint64_t failures = 0;  ///< how often the limit was reached
};

void describe(auto& v, UsageStats& stats) {
  v.required("limit", stats.limit);
  v.optional("usage", stats.usage);
  v.optional("max", stats.max);
  v.required("failcnt", stats.failures);
}

struct MemoryStats {
  std::uint64_t cache = 0;
  UsageStats usage;
  UsageStats swap;  ///< memory and swap together, as v1 counts them
  UsageStats kernel, kernel_tcp;
  std::map<std::string, std::uint64_t> raw;  ///< the kernel's memory.stat
  std::optional<Pressure> pressure;
};

void describe(auto& v, MemoryStats& memory) {
  v.optional("cache", memory.cache);
  v.required("usage", memory.usage);
  v.required("swap", memory.swap);
  v.required("kernel", memory.kernel);
  v.required("kernelTCP", memory.kernel_tcp);
  v.optional("raw", memory.raw);
  v.optional("psi", memory.pressure);
}

struct PidsStats {
  std::uint64_t current = 0, limit = 0;
};

void describe(auto& v, PidsStats& pids) {
  v.optional("current", pids.current);
  v.optional("limit", pids.limit);
}

struct BlockStat {
  std::uint64_t major = 0, minor = 0;
  std::string op;  ///< Read, Write, …
  std::uint64_t value = 0;
};

void describe(auto& v, BlockStat& stat) {
  v.optional("major", stat.major);
  v.optional("minor", stat.minor);
  v.optional("op", stat.op);
  v.optional("value", stat.value);
}

using BlockStatList = std::vector<BlockStat>;

struct BlockStats {
  BlockStatList bytes, operations, queued, service_time, wait_time, merged, time, sectors;
  std::optional<Pressure> pressure;
};

void describe(auto& v, BlockStats& block) {
  v.optional("ioServiceBytesRecursive", block.bytes);
  v.optional("ioServicedRecursive", block.operations);
  v.optional("ioQueueRecursive", block.queued);
  v.optional("ioServiceTimeRecursive", block.service_time);
  v.optional("ioWaitTimeRecursive", block.wait_time);
  v.optional("ioMergedRecursive", block.merged);
  v.optional("ioTimeRecursive", block.time);
  v.optional("sectorsRecursive", block.sectors);
  v.optional("psi", block.pressure);
}

struct HugetlbStats {
  std::uint64_t usage = 0, max = 0, failures = 0;
};

void describe(auto& v, HugetlbStats& stats) {
  v.optional("usage", stats.usage);
  v.optional("max", stats.max);
  v.required("failcnt", stats.failures);
}

struct Stats {
  CpuStats cpu;
  CpusetStats cpuset;
  MemoryStats memory;
  PidsStats pids;
  BlockStats block;
  std::map<std::string, HugetlbStats> hugetlb;  ///< by size of page: `2MB`
};

void describe(auto& v, Stats& stats) {
  v.required("cpu", stats.cpu);
  v.required("cpuset", stats.cpuset);
  v.required("memory", stats.memory);
  v.required("pids", stats.pids);
  v.required("blkio", stats.block);
  v.required("hugetlb", stats.hugetlb);
}

struct Event {
  std::string type;  ///< stats, oom, pids
  std::string id;
  std::optional<Stats> data;
};

void describe(auto& v, Event& event) {
  v.required("type", event.type);
  v.required("id", event.id);
  v.optional("data", event.data);
}

}  // namespace berth::spec
