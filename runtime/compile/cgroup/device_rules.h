// linux.resources.devices as one list of rules: checked, wildcards resolved, followed by the
// devices that every container may use. The last rule that matches wins. cgroup.cpp turns the list
// into writes for v1, device_program.h into a program for v2.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::plan {

constexpr char kDeviceRules[] = "/linux/resources/devices";

/// Bits of AccessRule::access, as the kernel's BPF_DEVCG_ACC_* has them.
enum : std::uint32_t { kMayMknod = 1, kMayRead = 2, kMayWrite = 4, kMayAll = 7 };

struct AccessRule {
  static constexpr std::int32_t kAny = -1;

  bool allow = false;
  char type = 'a';  ///< c or b; a is every device and every access, and overrides all rules before
  std::int32_t major = kAny;
  std::int32_t minor = kAny;
  std::uint32_t access = kMayAll;
  std::string origin;  ///< JSON pointer
};

/// The rules of the config in their order, between `deny everything` and the default devices.
std::vector<AccessRule> compile_device_rules(const std::vector<spec::DeviceRule>& rules,
                                             Problems& problems);

/// The result of the rules in the two-level form of v1: one default, and exceptions that all say
/// the opposite.
struct AccessPolicy {
  AccessRule fallback;
  std::vector<AccessRule> exceptions;
};

/// A rule that takes a part out of a wider one before it is an Unsupported problem: v1 has no such
/// rules.
AccessPolicy fold_device_rules(const std::vector<AccessRule>& rules, Problems& problems);

/// `c 1:3 rwm`, as devices.allow and devices.deny read it. Kernel: cgroup-v1/devices.rst
std::string device_rule_text(const AccessRule& rule);

}  // namespace berth::plan
