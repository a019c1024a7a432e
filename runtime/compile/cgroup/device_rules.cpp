#include "runtime/compile/cgroup/device_rules.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "runtime/compile/files/devices.h"

namespace berth::plan {

namespace {

constexpr auto kAny = AccessRule::kAny;

struct AccessLetter {
  char letter;
  std::uint32_t bit;
};
constexpr AccessLetter kLetters[] = {{'r', kMayRead}, {'w', kMayWrite}, {'m', kMayMknod}};

std::uint32_t access_bits(const std::string& access) {
  if (access.empty()) return kMayAll;
  std::uint32_t bits = 0;
  for (const AccessLetter& one : kLetters) {
    if (access.find(one.letter) != std::string::npos) bits |= one.bit;
  }
  return bits;
}

/// A missing number, or the -1 that engines send, means any.
std::int32_t device_number(const std::optional<std::int64_t>& number, const std::string& pointer,
                           Problems& problems) {
  const std::int64_t value = number.value_or(kAny);
  if (value > std::numeric_limits<std::int32_t>::max()) {
    problems.add(pointer, std::to_string(value) + " is not a device number");
    return kAny;
  }
  return static_cast<std::int32_t>(value);
}

/// The types that a rule of the config stands for.
std::string types_of(const spec::DeviceRule& rule, bool is_everything) {
  if (rule.type.empty() || rule.type == "a") return is_everything ? "a" : "cb";
  return rule.type;
}

bool holds(std::int32_t outer, std::int32_t inner) { return outer == kAny || outer == inner; }

bool holds(const AccessRule& outer, const AccessRule& inner) {
  return outer.type == inner.type && holds(outer.major, inner.major) &&
         holds(outer.minor, inner.minor);
}

bool overlaps(const AccessRule& a, const AccessRule& b) {
  const auto meet = [](std::int32_t x, std::int32_t y) { return holds(x, y) || holds(y, x); };
  return a.type == b.type && meet(a.major, b.major) && meet(a.minor, b.minor);
}

void add_exception(std::vector<AccessRule>& exceptions, const AccessRule& rule) {
  const auto same = std::ranges::find_if(exceptions, [&](const AccessRule& other) {
    return holds(rule, other) && holds(other, rule);
  });
  if (same == exceptions.end()) {
    exceptions.push_back(rule);
  } else {
    same->access |= rule.access;
  }
}

void remove_exceptions(std::vector<AccessRule>& exceptions, const AccessRule& rule,
                       Problems& problems) {
  for (AccessRule& other : exceptions) {
    if ((other.access & rule.access) == 0 || !overlaps(rule, other)) continue;
    if (holds(rule, other)) {
      other.access &= ~rule.access;
    } else {
      problems.add(rule.origin == kDeviceRules ? other.origin : rule.origin,
                   "'" + device_rule_text(rule) + "' is a part of '" + device_rule_text(other) +
                       "' with the opposite sense: cgroup v1 cannot tell them apart",
                   ErrorKind::Unsupported);
    }
  }
  std::erase_if(exceptions, [](const AccessRule& other) { return other.access == 0; });
}

}  // namespace

std::vector<AccessRule> compile_device_rules(const std::vector<spec::DeviceRule>& rules,
                                             Problems& problems) {
  std::vector<AccessRule> compiled;
  compiled.push_back({.origin = kDeviceRules});
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const spec::DeviceRule& rule = rules[i];
    AccessRule one{.allow = rule.allow, .origin = kDeviceRules + ("/" + std::to_string(i))};
    one.access = access_bits(rule.access);
    one.major = device_number(rule.major, one.origin + "/major", problems);
    one.minor = device_number(rule.minor, one.origin + "/minor", problems);
    const bool is_everything = one.major == kAny && one.minor == kAny && one.access == kMayAll;
    for (const char type : types_of(rule, is_everything)) {
      one.type = type;
      compiled.push_back(one);
    }
  }
  const auto allow = [&](char type, std::int32_t major, std::int32_t minor, std::uint32_t access) {
    compiled.push_back({true, type, major, minor, access, kDeviceRules});
  };
  // Making a node of any device is harmless without the right to open it.
  for (const char type : {'c', 'b'}) allow(type, kAny, kAny, kMayMknod);
  for (const DefaultDevice& device : kDefaultDevices) {
    allow('c', device.major, device.minor, kMayAll);
  }
  // ptmx and the terminals of devpts; not the machine's console (5:1), because /dev/console in a
  // container is one of its own terminals.
  allow('c', 5, 2, kMayAll);
  allow('c', 136, kAny, kMayAll);
  return compiled;
}

AccessPolicy fold_device_rules(const std::vector<AccessRule>& rules, Problems& problems) {
  AccessPolicy policy;
  for (const AccessRule& rule : rules) {
    if (rule.type == 'a') {
      policy = {.fallback = rule, .exceptions = {}};
    } else if (rule.allow != policy.fallback.allow) {
      add_exception(policy.exceptions, rule);
    } else {
      remove_exceptions(policy.exceptions, rule, problems);
    }
  }
  return policy;
}

std::string device_rule_text(const AccessRule& rule) {
  if (rule.type == 'a') return "a";
  const auto number = [](std::int32_t value) {
    return value == kAny ? std::string("*") : std::to_string(value);
  };
  std::string text = rule.type + (" " + number(rule.major)) + ":" + number(rule.minor) + " ";
  for (const AccessLetter& one : kLetters) {
    if ((rule.access & one.bit) != 0) text += one.letter;
  }
  return text;
}

}  // namespace berth::plan
