#include "runtime/compile/cgroup/systemd/unit_values.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>

#include "spec/text.h"

namespace berth::plan {

namespace {

bool is_number(std::string_view text) {
  std::uint64_t number = 0;
  return text::read_number(text, number);
}

bool is_limit(std::string_view text) { return text == "max" || is_number(text); }

/// `0-2,5`
bool is_list(std::string_view list) {
  const auto parts = text::split(list, ',');
  return list.empty() || std::ranges::all_of(parts, [](std::string_view range) {
           unsigned first = 0, last = 0;
           const bool has_end = range.find('-') != std::string_view::npos;
           if (!text::read_number(text::take(range, '-'), first)) return false;
           return !has_end || (text::read_number(range, last) && first <= last);
         });
}

/// `QUOTA PERIOD` or `QUOTA`, in microseconds, no longer than the kernel lets them be.
bool is_quota(std::string_view value) {
  constexpr std::uint64_t kLongest = std::uint64_t{1} << 44;
  const std::string_view quota = text::take(value, ' ');
  std::uint64_t number = 0;
  if (quota != "max" && (!text::read_number(quota, number) || number > kLongest)) return false;
  if (value.empty()) return true;
  return text::read_number(value, number) && number != 0 && number <= kLongest;
}

bool is_device(std::string_view text) {
  const std::string_view major = text::take(text, ':');
  return is_number(major) && is_number(text);
}

/// `default 100`, `100` or `8:0 200`
bool is_weight(std::string_view value) {
  const std::string_view first = text::take(value, ' ');
  if (value.empty()) return is_number(first);
  return (first == "default" || is_device(first)) && is_number(value);
}

/// `8:0 rbps=1048576 wiops=max`
bool is_rates(std::string_view value) {
  constexpr std::string_view kRates[] = {"rbps", "wbps", "riops", "wiops"};
  if (!is_device(text::take(value, ' '))) return false;
  const auto rates = text::words(value, ' ');
  return std::ranges::all_of(rates, [&](std::string_view rate) {
    const std::string_view key = text::take(rate, '=');
    return std::ranges::find(kRates, key) != std::end(kRates) && is_limit(rate);
  });
}

bool is_flag(std::string_view value) { return value == "0" || value == "1"; }

/// The form of the values that a file and its property share.
struct Form {
  std::string_view file;
  bool (*is_valid)(std::string_view value);
  const char* allowed;
};
constexpr char kLimit[] = "a number or max";
constexpr char kNumber[] = "a number";
constexpr char kList[] = "a list like '0-3,6'";
constexpr char kWeight[] = "'100', 'default 100' or '8:0 100'";
constexpr char kZeroOrOne[] = "0 or 1";
constexpr Form kForms[] = {
    {"memory.max", is_limit, kLimit},
    {"memory.low", is_limit, kLimit},
    {"memory.high", is_limit, kLimit},
    {"memory.min", is_limit, kLimit},
    {"memory.swap.max", is_limit, kLimit},
    {"memory.zswap.max", is_limit, kLimit},
    {"memory.zswap.writeback", is_flag, kZeroOrOne},
    {"memory.oom.group", is_flag, kZeroOrOne},
    {"pids.max", is_limit, kLimit},
    {"cpu.weight", is_number, kNumber},
    {"cpu.idle", is_flag, kZeroOrOne},
    {"cpu.max", is_quota, "'QUOTA PERIOD' in microseconds, of which QUOTA may be max"},
    {"cpuset.cpus", is_list, kList},
    {"cpuset.mems", is_list, kList},
    {"io.weight", is_weight, kWeight},
    {"io.bfq.weight", is_weight, kWeight},
    {"io.max", is_rates, "'8:0 rbps=1048576 wiops=max'"},
};

}  // namespace

void check_unit_values(const std::vector<CgroupWrite>& writes, Problems& problems) {
  for (const CgroupWrite& write : writes) {
    if (write.file == "cpu.weight.nice") {
      problems.add(write.origin, "systemd would write its own weight: cpu.weight is for it to keep",
                   ErrorKind::Unsupported);
    }
    const auto* form = std::ranges::find(kForms, write.file, &Form::file);
    if (form == std::end(kForms) || form->is_valid(write.value)) continue;
    problems.add(write.origin, "'" + write.value + "' cannot be a property of a unit of systemd, " +
                                   "which takes " + form->allowed);
  }
}

bool is_whole_percent(std::string_view cpu_max) {
  const std::string_view quota = text::take(cpu_max, ' ');
  std::uint64_t microseconds = 0, period = 100'000;
  (void)text::read_number(cpu_max, period);
  constexpr std::uint64_t kPercent = 100;
  return !text::read_number(quota, microseconds) || period == 0 ||
         microseconds * kPercent % period == 0;
}

}  // namespace berth::plan
