#include "runtime/compile/cgroup/systemd/unit_properties.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "spec/text.h"

namespace berth::plan {

namespace {

using Properties = std::vector<UnitProperty>;
using Values = std::vector<std::string>;

/// A file with a number, or `max`, and the property that has it.
struct Row {
  std::string_view file;
  const char* property;
};
constexpr Row kNumbers[] = {
    {"memory.max", "MemoryMax"},          {"memory.low", "MemoryLow"},
    {"memory.high", "MemoryHigh"},        {"memory.min", "MemoryMin"},
    {"memory.swap.max", "MemorySwapMax"}, {"memory.zswap.max", "MemoryZSwapMax"},
    {"cpu.weight", "CPUWeight"}};
constexpr Row kSets[] = {{"cpuset.cpus", "AllowedCPUs"}, {"cpuset.mems", "AllowedMemoryNodes"}};
constexpr Row kRates[] = {{"rbps", "IOReadBandwidthMax"},
                          {"wbps", "IOWriteBandwidthMax"},
                          {"riops", "IOReadIOPSMax"},
                          {"wiops", "IOWriteIOPSMax"}};

const char* property_of(std::span<const Row> rows, std::string_view file) {
  const auto row = std::ranges::find(rows, file, &Row::file);
  return row == rows.end() ? nullptr : row->property;
}

std::string number_of(std::string_view value) {
  return value == "max" ? kNoLimit : std::string(value);
}

/// `0-2,5` as a bitmap, the lowest numbers in the first byte.
Values bitmap_of(std::string_view list) {
  std::vector<unsigned> bytes;
  text::for_each_word(list, ',', [&](std::string_view range) {
    unsigned first = 0, last = 0;
    const std::string_view from = text::take(range, '-');
    (void)text::read_number(from, first);
    (void)text::read_number(range.empty() ? from : range, last);
    // The kernel refuses a list with greater numbers.
    for (unsigned i = first; i <= std::min(last, kLastOfSet); ++i) {
      if (bytes.size() <= i / 8) bytes.resize(i / 8 + 1);
      bytes[i / 8] |= 1U << (i % 8);
    }
  });
  Values values = {std::to_string(bytes.size())};
  for (const unsigned byte : bytes) values.push_back(std::to_string(byte));
  return values;
}

/// `QUOTA PERIOD` of cpu.max, in microseconds. systemd keeps a share of each second, in whole
/// percent, so it is rounded up.
void add_quota(std::string_view value, Properties& properties) {
  const std::string_view quota = text::take(value, ' ');
  std::uint64_t microseconds = 0, period = 100'000;
  if (!value.empty()) (void)text::read_number(value, period);
  std::string per_second = kNoLimit;
  if (text::read_number(quota, microseconds) && period != 0) {
    constexpr std::uint64_t kPercent = 10'000;
    const auto exact = static_cast<double>(microseconds) * 1e6 / static_cast<double>(period);
    per_second = std::to_string(static_cast<std::uint64_t>(std::ceil(exact / kPercent)) * kPercent);
  }
  properties.push_back({"CPUQuotaPerSecUSec", "t", {per_second}});
  properties.push_back({"CPUQuotaPeriodUSec", "t", {std::to_string(period)}});
}

std::string block_device(std::string_view numbers) { return "/dev/block/" + std::string(numbers); }

/// The IOWeight for which systemd writes this to io.bfq.weight: up to 100 they are equal, and 1000
/// is the 10000 of io.weight.
std::string weight_for_bfq(std::string_view text) {
  std::uint64_t weight = 0;
  (void)text::read_number(text, weight);
  constexpr std::uint64_t kUsual = 100, kStep = 11;
  return std::to_string(weight <= kUsual ? weight : kUsual + (weight - kUsual) * kStep);
}

/// `default 100`, `100` or `8:0 200`, of io.weight or io.bfq.weight.
void add_weight(std::string_view value, bool is_bfq, Properties& properties) {
  const std::string_view first = text::take(value, ' ');
  const std::string_view number = value.empty() ? first : value;
  const std::string weight = is_bfq ? weight_for_bfq(number) : std::string(number);
  if (first.find(':') != std::string_view::npos) {
    properties.push_back({"IODeviceWeight", "a(st)", {"1", block_device(first), weight}});
  } else {
    properties.push_back({"IOWeight", "t", {weight}});
  }
}

/// `8:0 rbps=1048576 wiops=max`
void add_rates(std::string_view value, Properties& properties) {
  const std::string device = block_device(text::take(value, ' '));
  text::for_each_word(value, ' ', [&](std::string_view word) {
    const char* property = property_of(kRates, text::take(word, '='));
    if (property == nullptr) return;
    properties.push_back({property, "a(st)", {"1", device, number_of(word)}});
  });
}

void add_limit(const CgroupWrite& write, Properties& properties) {
  if (const char* number = property_of(kNumbers, write.file)) {
    properties.push_back({number, "t", {number_of(write.value)}});
  } else if (const char* set = property_of(kSets, write.file)) {
    properties.push_back({set, "ay", bitmap_of(write.value)});
  } else if (write.file == "memory.zswap.writeback") {
    properties.push_back({"MemoryZSwapWriteback", "b", {write.value == "1" ? "true" : "false"}});
  } else if (write.file == "cpu.max") {
    add_quota(write.value, properties);
  } else if (write.file == "io.weight" || write.file == "io.bfq.weight") {
    add_weight(write.value, write.file == "io.bfq.weight", properties);
  } else if (write.file == "io.max") {
    add_rates(write.value, properties);
  }
}

/// The device of a rule as systemd names it; empty if it cannot.
std::string device_of(const AccessRule& rule) {
  constexpr std::int32_t kTerminals = 136;
  const bool is_block = rule.type == 'b';
  if (rule.major == AccessRule::kAny && rule.minor == AccessRule::kAny) {
    return is_block ? "block-*" : "char-*";
  }
  if (!is_block && rule.major == kTerminals && rule.minor == AccessRule::kAny) return "char-pts";
  if (rule.major == AccessRule::kAny || rule.minor == AccessRule::kAny) return {};
  return (is_block ? "/dev/block/" : "/dev/char/") + std::to_string(rule.major) + ":" +
         std::to_string(rule.minor);
}

std::string access_of(const AccessRule& rule) {
  std::string access;
  if ((rule.access & kMayRead) != 0) access += 'r';
  if ((rule.access & kMayWrite) != 0) access += 'w';
  if ((rule.access & kMayMknod) != 0) access += 'm';
  return access;
}

/// `DeviceAllow` of the rules; nothing if systemd cannot express them.
std::optional<UnitProperty> allowed_devices(const std::vector<AccessRule>& rules) {
  Problems inexpressible;
  const AccessPolicy policy = fold_device_rules(rules, inexpressible);
  if (policy.fallback.allow || !inexpressible.empty()) return std::nullopt;
  UnitProperty allow{"DeviceAllow", "a(ss)", {std::to_string(policy.exceptions.size())}};
  for (const AccessRule& rule : policy.exceptions) {
    const std::string device = device_of(rule);
    if (device.empty()) return std::nullopt;
    allow.values.push_back(device);
    allow.values.push_back(access_of(rule));
  }
  return allow;
}

}  // namespace

void match_unit_weights(std::vector<CgroupWrite>& writes) {
  for (CgroupWrite& write : writes) {
    const bool has_other = write.file == "io.bfq.weight" && write.other_file == "io.weight";
    if (has_other) write.other_value = weight_for_bfq(write.value);
  }
}

Properties limit_properties(const std::vector<CgroupWrite>& writes) {
  Properties properties;
  for (const CgroupWrite& write : writes) add_limit(write, properties);
  // CPUWeight=idle: it stands for both files.
  const bool is_idle = std::ranges::any_of(
      writes, [](const auto& write) { return write.file == "cpu.idle" && write.value == "1"; });
  if (is_idle) {
    std::erase_if(properties, [](const auto& one) { return one.name == "CPUWeight"; });
    properties.push_back({"CPUWeight", "t", {"0"}});
  }
  return properties;
}

Properties oom_properties(const std::vector<CgroupWrite>& writes) {
  Properties properties;
  for (const CgroupWrite& write : writes) {
    if (write.file != kOomGroup) continue;
    properties.push_back({"OOMPolicy", "s", {write.value == "1" ? "kill" : "continue"}});
  }
  return properties;
}

Properties process_properties(const std::vector<CgroupWrite>& writes) {
  Properties properties;
  for (const CgroupWrite& write : writes) {
    if (write.file != "pids.max") continue;
    properties.push_back({"TasksMax", "t", {number_of(write.value)}});
  }
  return properties;
}

Properties no_device_properties() {
  // An empty list forgets those of an earlier one.
  return {{"DevicePolicy", "s", {"auto"}}, {"DeviceAllow", "a(ss)", {"0"}}};
}

Properties device_properties(const std::vector<AccessRule>& rules) {
  const auto allow = allowed_devices(rules);
  if (!allow) return no_device_properties();
  return {{"DevicePolicy", "s", {"strict"}}, {"DeviceAllow", "a(ss)", {"0"}}, *allow};
}

}  // namespace berth::plan
