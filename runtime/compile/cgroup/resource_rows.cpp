#include "runtime/compile/cgroup/resource_rows.h"

#include <algorithm>
#include <cmath>

namespace berth::plan {

namespace {

using spec::BlockIo, spec::Cpu, spec::Memory, spec::Network, spec::Pids, spec::Resources;
using Number = std::optional<std::int64_t>;

std::string number_or_max(std::int64_t value, const Asked& /*asked*/) {
  return value == -1 ? "max" : std::to_string(value);
}

// ---- memory ---------------------------------------------------------------------------------

constexpr auto memory_swap = number<&Resources::memory, &Memory::swap>;

std::int64_t memory_limit(const Asked& asked) {
  const Number limit = number<&Resources::memory, &Memory::limit>(asked.resources);
  return limit.value_or(0) == 0 ? asked.standing.memory_limit : *limit;
}

// v1 demands memory <= memory + swap at every moment. So a limit on the sum is removed first, and
// set last. Memory without a limit leaves none on the sum: an update need not name both.
Number unlimited_swap(const Resources& resources) {
  const std::int64_t swap = memory_swap(resources).value_or(0);
  const bool follows =
      swap == 0 && number<&Resources::memory, &Memory::limit>(resources) == Number(-1);
  return swap == -1 || follows ? Number(-1) : std::nullopt;
}
Number limited_swap(const Resources& resources) {
  return memory_swap(resources) == -1 ? std::nullopt : memory_swap(resources);
}

/// The property counts memory and swap together, as v1 does; v2 counts swap alone.
std::string swap_alone(std::int64_t swap, const Asked& asked) {
  return std::to_string(swap - memory_limit(asked));
}

std::string fault_of_swap(const Asked& asked) {
  const std::int64_t swap = *memory_swap(asked.resources), limit = memory_limit(asked);
  if (limit == -1) return "memory and swap together have a limit, memory has none";
  if (swap >= limit || swap < -1) return {};
  return std::to_string(swap) + " for memory and swap together is less than the limit " +
         std::to_string(limit) + " for memory";
}

// ---- cpu ------------------------------------------------------------------------------------

/// The kernel takes values beyond the ends for the ends.
std::string shares(std::int64_t shares, const Asked& /*asked*/) {
  return std::to_string(std::clamp<std::int64_t>(shares, 2, 262144));
}

/// Shares 2 to 262144 (default 1024) as a weight of 1 to 10000 (default 100): the curve through
/// these three points that is quadratic in the logarithms. runc since 1.3.2 and crun since 1.23
/// agree on it (opencontainers/cgroups pull request 20).
std::string weight_of_shares(std::int64_t shares, const Asked& /*asked*/) {
  if (shares <= 2) return "1";
  if (shares >= 262144) return "10000";
  const double l = std::log2(static_cast<double>(shares));
  const double weight = std::ceil(std::pow(10, (l * l + 125 * l) / 612 - 7.0 / 34));
  return std::to_string(static_cast<std::int64_t>(weight));
}

// v2 has one file for quota and period.
std::string bandwidth(std::int64_t quota, const Asked& asked) {
  const std::uint64_t period = asked.resources.cpu->period.value_or(0);
  return number_or_max(quota, asked) + " " +
         (period == 0 ? asked.standing.cpu_period : std::to_string(period));
}
std::string period_alone(std::int64_t period, const Asked& asked) {
  const bool has_quota = asked.resources.cpu->quota.value_or(0) != 0;
  return has_quota ? "" : asked.standing.cpu_quota + " " + std::to_string(period);
}

// ---- pids, blockIO --------------------------------------------------------------------------

/// In v2 the container's first process is born in its cgroup and counts at birth. With 1, as with
/// 0, there can be no second process.
std::string pids_v2(std::int64_t limit, const Asked& asked) {
  return limit == 0 ? "1" : number_or_max(limit, asked);
}

std::string io_weight(std::int64_t weight, const Asked& /*asked*/) {
  return std::to_string(io_weight_of(weight));
}

// ---- the table ------------------------------------------------------------------------------

constexpr ResourceRow kRows[] = {
    {.property = "memory/swap",
     .value = unlimited_swap,
     .v1 = {"memory", "memory.memsw.limit_in_bytes"},
     .v2 = {"memory", "memory.swap.max", number_or_max},
     .is_default = true},
    {.property = "memory/limit",
     .value = number<&Resources::memory, &Memory::limit>,
     .v1 = {"memory", "memory.limit_in_bytes"},
     .v2 = {"memory", "memory.max", number_or_max}},
    {.property = "memory/swap",
     .value = limited_swap,
     .v1 = {"memory", "memory.memsw.limit_in_bytes"},
     .v2 = {"memory", "memory.swap.max", swap_alone},
     .fault = fault_of_swap},
    {.property = "memory/reservation",
     .value = number<&Resources::memory, &Memory::reservation>,
     .v1 = {"memory", "memory.soft_limit_in_bytes"},
     .v2 = {"memory", "memory.low", number_or_max}},
    {.property = "memory/kernel",
     .value = number<&Resources::memory, &Memory::kernel>,
     .v1 = {"memory"},
     .v2 = {"memory"},
     .initial = -1,
     .lack = "since Linux 5.16 'limit' is the limit of kernel memory, too"},
    {.property = "memory/kernelTCP",
     .value = number<&Resources::memory, &Memory::kernel_tcp>,
     .v1 = {"memory", "memory.kmem.tcp.limit_in_bytes"},
     .v2 = {"memory"},
     .initial = -1},
    {.property = "memory/swappiness",
     .value = number<&Resources::memory, &Memory::swappiness>,
     .v1 = {"memory", "memory.swappiness"},
     .v2 = {"memory"},
     .zero = Zero::Value},
    {.property = "memory/disableOOMKiller",
     .value = number<&Resources::memory, &Memory::disable_oom_killer>,
     .v1 = {"memory", "memory.oom_control"},
     .v2 = {"memory"},
     .zero = Zero::Value,
     .initial = 0},
    {.property = "memory/useHierarchy",
     .value = number<&Resources::memory, &Memory::use_hierarchy>,
     .v1 = {"memory"},
     .v2 = {"memory"},
     .zero = Zero::Value,
     .initial = 1,
     .lack = "since Linux 5.11 a cgroup always counts those below it"},
    {.property = "cpu/shares",
     .value = number<&Resources::cpu, &Cpu::shares>,
     .v1 = {"cpu", "cpu.shares", shares},
     .v2 = {"cpu", "cpu.weight", weight_of_shares}},
    {.property = "cpu/period",
     .value = number<&Resources::cpu, &Cpu::period>,
     .v1 = {"cpu", "cpu.cfs_period_us"},
     .v2 = {"cpu", "cpu.max", period_alone}},
    {.property = "cpu/quota",
     .value = number<&Resources::cpu, &Cpu::quota>,
     .v1 = {"cpu", "cpu.cfs_quota_us"},
     .v2 = {"cpu", "cpu.max", bandwidth}},
    // The kernel takes no burst that is longer than the quota.
    {.property = "cpu/burst",
     .value = number<&Resources::cpu, &Cpu::burst>,
     .v1 = {"cpu", "cpu.cfs_burst_us"},
     .v2 = {"cpu", "cpu.max.burst"},
     .zero = Zero::Value,
     .initial = 0},
    {.property = "cpu/realtimePeriod",
     .value = number<&Resources::cpu, &Cpu::realtime_period>,
     .v1 = {"cpu", "cpu.rt_period_us"},
     .v2 = {"cpu"}},
    {.property = "cpu/realtimeRuntime",
     .value = number<&Resources::cpu, &Cpu::realtime_runtime>,
     .v1 = {"cpu", "cpu.rt_runtime_us"},
     .v2 = {"cpu"}},
    // The kernel takes no shares for a cgroup that is idle.
    {.property = "cpu/idle",
     .value = number<&Resources::cpu, &Cpu::idle>,
     .v1 = {"cpu", "cpu.idle"},
     .v2 = {"cpu", "cpu.idle"},
     .zero = Zero::Value,
     .initial = 0},
    {.property = "pids/limit",
     .value = number<&Resources::pids, &Pids::limit>,
     .v1 = {"pids", "pids.max", number_or_max},
     .v2 = {"pids", "pids.max", pids_v2},
     .zero = Zero::Value},
    {.property = "blockIO/weight",
     .value = number<&Resources::block_io, &BlockIo::weight>,
     .v1 = {"blkio", "blkio.weight", decimal, "blkio.bfq.weight"},
     .v2 = {"io", "io.bfq.weight", decimal, "io.weight", io_weight},
     .lowest = 1,
     .highest = 1000},
    {.property = "blockIO/leafWeight",
     .value = number<&Resources::block_io, &BlockIo::leaf_weight>,
     .v1 = {"blkio", "blkio.leaf_weight"},
     .v2 = {"io"},
     .lowest = 1,
     .highest = 1000},
    {.property = "network/classID",
     .value = number<&Resources::network, &Network::class_id>,
     .v1 = {"net_cls", "net_cls.classid"},
     .v2 = {},
     .zero = Zero::Value,
     .initial = 0},
};

}  // namespace

std::span<const ResourceRow> resource_rows() { return kRows; }

std::int64_t io_weight_of(std::int64_t weight) {
  return weight <= 10 ? 1 : 1 + (weight - 10) * 9999 / 990;
}

}  // namespace berth::plan
