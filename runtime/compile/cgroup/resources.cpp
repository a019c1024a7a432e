#include "runtime/compile/cgroup/resources.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "spec/config/describe_linux.h"

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

/// The functions above and device_rules.h compile these. Today's kernels all use the hierarchy.
constexpr std::string_view kCompiled[] = {
    "devices",    "memory/limit", "memory/reservation", "memory/swap", "memory/useHierarchy",
    "cpu/shares", "cpu/quota",    "cpu/period",         "cpu/cpus",    "cpu/mems",
    "pids/limit"};

/// A visitor for describe() that reports every other property, if it is set. Engines send 0 and
/// false for unset.
class Refusal {
 public:
  Refusal(std::string prefix, Writer& writer) : prefix_(std::move(prefix)), writer_(writer) {}

  template <class T, class... Rules>
  void optional(std::string_view name, T& value, const Rules&...) {
    if constexpr (requires { value.empty(); }) {
      refuse_if(!value.empty(), name);
    } else if constexpr (requires { describe(*this, *value); }) {
      Refusal section(prefix_ + std::string(name) + "/", writer_);
      if (value) describe(section, *value);
    } else {
      refuse_if(value && *value != typename T::value_type{}, name);
    }
  }
  void check(const auto&...) {}

  void refuse(const std::string& property) {
    writer_.problem(property, "not supported yet", ErrorKind::Unsupported);
  }

 private:
  void refuse_if(bool is_set, std::string_view name) {
    if (!is_set) return;
    const std::string property = prefix_ + std::string(name);
    if (std::ranges::count(kCompiled, property) == 0) refuse(property);
  }

  std::string prefix_;
  Writer& writer_;
};

void refuse_others(const spec::Resources& resources, Writer& writer) {
  Refusal refusal("", writer);
  // describe() takes a struct that is not const because it also serves reading.
  describe(refusal, const_cast<spec::Resources&>(resources));
  // These two are settings although they are 0 and false: no swapping, no limits for cgroups below.
  const spec::Memory memory = resources.memory.value_or(spec::Memory{});
  if (memory.swappiness == 0U) refusal.refuse("memory/swappiness");
  if (memory.use_hierarchy == false) refusal.refuse("memory/useHierarchy");
}

}  // namespace

std::vector<CgroupWrite> compile_resources(const spec::Resources& resources,
                                           const CgroupLayout& layout, Problems& problems) {
  Writer writer(layout, problems);
  if (resources.memory) compile_memory(*resources.memory, writer);
  if (resources.cpu) compile_cpu(*resources.cpu, writer);
  if (resources.pids) compile_pids(*resources.pids, writer);
  refuse_others(resources, writer);
  return writer.take();
}

}  // namespace berth::plan
