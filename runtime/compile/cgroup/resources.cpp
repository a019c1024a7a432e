#include "runtime/compile/cgroup/resources.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/compile/cgroup/cgroup.h"

namespace berth::plan {

namespace {

constexpr char kPrefix[] = "/linux/resources/";

/// Where and how a limit is set in v1 and in v2.
struct Target {
  const char* v1_file;
  std::string v1_value;
  const char* v2_file;
  std::string v2_value;
};

class Writer {
 public:
  Writer(const CgroupLayout& layout, Problems& problems) : layout_(layout), problems_(problems) {}

  /// `property` is a pointer below /linux/resources.
  void add(const std::string& controller, const std::string& property, Target target) {
    const CgroupHierarchy* home = find(controller, property);
    if (home == nullptr) return;
    const bool v2 = home->unified;
    writes_.push_back({.controller = controller,
                       .file = v2 ? target.v2_file : target.v1_file,
                       .value = std::move(v2 ? target.v2_value : target.v1_value),
                       .origin = kPrefix + property});
  }

  /// Null, with a problem, if this host has no such controller.
  const CgroupHierarchy* find(const std::string& controller, const std::string& property) {
    const CgroupHierarchy* home = layout_.find(controller);
    if (home == nullptr) {
      problem(
          property,
          layout_.is_delegated
              ? "the '" + controller + "' controller is not delegated to the caller"
              : "no cgroup hierarchy that is mounted here has the '" + controller + "' controller",
          ErrorKind::Unsupported);
    }
    return home;
  }

  void problem(const std::string& property, std::string message,
               ErrorKind kind = ErrorKind::Config) {
    problems_.add(kPrefix + property, std::move(message), kind);
  }

  /// The value of a limit; nothing if it is absent, 0 (engines send it for unset) or wrong.
  std::optional<std::int64_t> limit(const std::optional<std::int64_t>& value,
                                    const std::string& property) {
    if (value.value_or(0) == 0) return std::nullopt;
    if (*value >= -1) return value;
    problem(property, std::to_string(*value) + " is neither -1 (no limit) nor a limit");
    return std::nullopt;
  }

  const CgroupLayout& layout() const { return layout_; }
  std::vector<CgroupWrite> take() { return std::move(writes_); }

 private:
  const CgroupLayout& layout_;
  Problems& problems_;
  std::vector<CgroupWrite> writes_;
};

std::string number_or_max(std::int64_t value) {
  return value == -1 ? "max" : std::to_string(value);
}

// ---- memory ---------------------------------------------------------------------------------

/// Whether swap can be limited. The value counts memory and swap together, as v1 does; v2 counts
/// swap alone.
bool check_swap(std::int64_t swap, const std::optional<std::int64_t>& limit, Writer& writer) {
  if (swap == -1) return true;
  if (!limit || *limit == -1) {
    writer.problem("memory/swap", "memory and swap together have a limit, memory has none");
    return false;
  }
  if (swap < *limit) {
    writer.problem("memory/swap", std::to_string(swap) +
                                      " for memory and swap together is less than the limit " +
                                      std::to_string(*limit) + " for memory");
    return false;
  }
  return true;
}

void add_swap(std::int64_t swap, const std::optional<std::int64_t>& limit, Writer& writer) {
  if (!check_swap(swap, limit, writer)) return;
  const CgroupHierarchy* home = writer.find("memory", "memory/swap");
  if (home == nullptr) return;
  if (!home->unified && !writer.layout().limits_swap) {
    if (swap != -1) {
      writer.problem("memory/swap", "this kernel cannot limit swap", ErrorKind::Unsupported);
    }
    return;
  }
  const std::string swap_alone = swap == -1 ? "max" : std::to_string(swap - *limit);
  writer.add("memory", "memory/swap",
             {"memory.memsw.limit_in_bytes", std::to_string(swap), "memory.swap.max", swap_alone});
}

void compile_memory(const spec::Memory& memory, Writer& writer) {
  const auto limit = writer.limit(memory.limit, "memory/limit");
  const auto swap = writer.limit(memory.swap, "memory/swap");
  const auto reservation = writer.limit(memory.reservation, "memory/reservation");
  // v1 demands memory <= memory + swap at every moment. So a limit on the sum is removed first, and
  // set last.
  if (swap == -1) add_swap(*swap, limit, writer);
  if (limit) {
    writer.add(
        "memory", "memory/limit",
        {"memory.limit_in_bytes", std::to_string(*limit), "memory.max", number_or_max(*limit)});
  }
  if (swap && *swap != -1) add_swap(*swap, limit, writer);
  if (reservation) {
    writer.add("memory", "memory/reservation",
               {"memory.soft_limit_in_bytes", std::to_string(*reservation), "memory.low",
                number_or_max(*reservation)});
  }
}

// ---- cpu, cpuset, pids ----------------------------------------------------------------------

/// Shares 2 to 262144 (default 1024) as a weight of 1 to 10000 (default 100): the curve through
/// these three points that is quadratic in the logarithms. runc since 1.3.2 and crun since 1.23
/// agree on it (opencontainers/cgroups pull request 20).
std::uint64_t weight_of(std::uint64_t shares) {
  if (shares <= 2) return 1;
  if (shares >= 262144) return 10000;
  const double l = std::log2(static_cast<double>(shares));
  return static_cast<std::uint64_t>(std::ceil(std::pow(10, (l * l + 125 * l) / 612 - 7.0 / 34)));
}

void add_bandwidth(const std::optional<std::int64_t>& quota, std::uint64_t period, Writer& writer) {
  const CgroupHierarchy* home = writer.find("cpu", quota ? "cpu/quota" : "cpu/period");
  if (home == nullptr) return;
  if (home->unified) {
    // v2 has one file for both; the kernel's default period is 100 ms.
    const std::string value =
        number_or_max(quota.value_or(-1)) + " " + std::to_string(period == 0 ? 100000 : period);
    writer.add("cpu", quota ? "cpu/quota" : "cpu/period", {nullptr, {}, "cpu.max", value});
    return;
  }
  if (period != 0) {
    writer.add("cpu", "cpu/period", {"cpu.cfs_period_us", std::to_string(period), nullptr, {}});
  }
  if (quota) {
    writer.add("cpu", "cpu/quota", {"cpu.cfs_quota_us", std::to_string(*quota), nullptr, {}});
  }
}

/// A list of numbers and ranges, as cpuset(7) has it. Anything else must not reach a cgroup file.
void add_cpuset(const std::optional<std::string>& list, const std::string& property,
                const char* file, Writer& writer) {
  if (!list || list->empty()) return;
  if (list->find_first_not_of("0123456789,-:/") != std::string::npos) {
    writer.problem(property, "'" + *list + "' is not a list like '0-3,6'");
    return;
  }
  writer.add("cpuset", property, {file, *list, file, *list});
}

void compile_cpu(const spec::Cpu& cpu, Writer& writer) {
  const std::uint64_t shares = cpu.shares.value_or(0);
  if (shares != 0) {
    writer.add(
        "cpu", "cpu/shares",
        {"cpu.shares", std::to_string(shares), "cpu.weight", std::to_string(weight_of(shares))});
  }
  const auto quota = writer.limit(cpu.quota, "cpu/quota");
  const std::uint64_t period = cpu.period.value_or(0);
  if (quota || period != 0) add_bandwidth(quota, period, writer);
  add_cpuset(cpu.cpus, "cpu/cpus", "cpuset.cpus", writer);
  add_cpuset(cpu.mems, "cpu/mems", "cpuset.mems", writer);
}

void compile_pids(const spec::Pids& pids, Writer& writer) {
  if (!pids.limit) return;
  if (*pids.limit < -1) {
    writer.problem("pids/limit", std::to_string(*pids.limit) + " is neither -1 nor a number");
    return;
  }
  // In v2 the container's first process is born in its cgroup and counts at birth. With 1, as with
  // 0, there can be no second process.
  writer.add("pids", "pids/limit",
             {"pids.max", number_or_max(*pids.limit), "pids.max",
              *pids.limit == 0 ? "1" : number_or_max(*pids.limit)});
}

// ---- what is not done yet -------------------------------------------------------------------

template <typename Number>
bool is_nonzero(const std::optional<Number>& value) {
  return value.value_or(Number{}) != Number{};
}

template <typename Section, auto Member>
bool is_set_in(const std::optional<Section>& section) {
  return section && is_nonzero((*section).*Member);
}

struct Unsupported {
  const char* property;
  bool (*is_set)(const spec::Resources&);
};

using spec::BlockIo, spec::Cpu, spec::Memory, spec::Resources;

constexpr Unsupported kUnsupported[] = {
    {"memory/kernel",
     [](const Resources& r) { return is_set_in<Memory, &Memory::kernel>(r.memory); }},
    {"memory/kernelTCP",
     [](const Resources& r) { return is_set_in<Memory, &Memory::kernel_tcp>(r.memory); }},
    // 0 is a setting: no swapping.
    {"memory/swappiness", [](const Resources& r) { return r.memory && r.memory->swappiness; }},
    {"memory/disableOOMKiller",
     [](const Resources& r) { return is_set_in<Memory, &Memory::disable_oom_killer>(r.memory); }},
    // Today's kernels know only true.
    {"memory/useHierarchy",
     [](const Resources& r) { return r.memory && r.memory->use_hierarchy == false; }},
    {"memory/checkBeforeUpdate",
     [](const Resources& r) { return is_set_in<Memory, &Memory::check_before_update>(r.memory); }},
    {"cpu/burst", [](const Resources& r) { return is_set_in<Cpu, &Cpu::burst>(r.cpu); }},
    {"cpu/realtimeRuntime",
     [](const Resources& r) { return is_set_in<Cpu, &Cpu::realtime_runtime>(r.cpu); }},
    {"cpu/realtimePeriod",
     [](const Resources& r) { return is_set_in<Cpu, &Cpu::realtime_period>(r.cpu); }},
    {"cpu/idle", [](const Resources& r) { return is_set_in<Cpu, &Cpu::idle>(r.cpu); }},
    {"blockIO/weight",
     [](const Resources& r) { return is_set_in<BlockIo, &BlockIo::weight>(r.block_io); }},
    {"blockIO/leafWeight",
     [](const Resources& r) { return is_set_in<BlockIo, &BlockIo::leaf_weight>(r.block_io); }},
    {"blockIO/weightDevice",
     [](const Resources& r) { return r.block_io && !r.block_io->weight_device.empty(); }},
    {"blockIO/throttleReadBpsDevice",
     [](const Resources& r) {
       return r.block_io && !r.block_io->throttle_read_bps_device.empty();
     }},
    {"blockIO/throttleWriteBpsDevice",
     [](const Resources& r) {
       return r.block_io && !r.block_io->throttle_write_bps_device.empty();
     }},
    {"blockIO/throttleReadIOPSDevice",
     [](const Resources& r) {
       return r.block_io && !r.block_io->throttle_read_iops_device.empty();
     }},
    {"blockIO/throttleWriteIOPSDevice",
     [](const Resources& r) {
       return r.block_io && !r.block_io->throttle_write_iops_device.empty();
     }},
    {"hugepageLimits", [](const Resources& r) { return !r.hugepage_limits.empty(); }},
    {"network/classID",
     [](const Resources& r) { return r.network && is_nonzero(r.network->class_id); }},
    {"network/priorities",
     [](const Resources& r) { return r.network && !r.network->priorities.empty(); }},
    {"rdma", [](const Resources& r) { return !r.rdma.empty(); }},
    {"unified", [](const Resources& r) { return !r.unified.empty(); }},
};

}  // namespace

std::vector<CgroupWrite> compile_resources(const spec::Resources& resources,
                                           const CgroupLayout& layout, Problems& problems) {
  Writer writer(layout, problems);
  if (resources.memory) compile_memory(*resources.memory, writer);
  if (resources.cpu) compile_cpu(*resources.cpu, writer);
  if (resources.pids) compile_pids(*resources.pids, writer);
  for (const Unsupported& row : kUnsupported) {
    if (row.is_set(resources)) {
      writer.problem(row.property, "not supported yet", ErrorKind::Unsupported);
    }
  }
  return writer.take();
}

}  // namespace berth::plan
