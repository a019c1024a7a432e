// The compiled form of linux.seccomp: the kernel's numbers, and the rules of each system call in
// the order in which they decide. runtime/seccomp makes a program of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/linux/security/call_table.h"

namespace berth::plan {

/// libseccomp's numbers.
enum class Comparison { Ne = 1, Lt, Le, Eq, Ge, Gt, MaskedEq };

struct SyscallCondition {
  std::uint32_t argument = 0;
  Comparison comparison = Comparison::Eq;
  std::uint64_t value = 0;  ///< for MaskedEq the mask
  std::uint64_t datum = 0;  ///< for MaskedEq the value expected under the mask
};
/// Sorted by argument. Conditions on different arguments must all hold. If several are on one
/// argument, one of them must hold, as profiles expect: libseccomp cannot combine two on one
/// argument, so other runtimes make alternatives of them.
using SyscallConditions = std::vector<SyscallCondition>;

struct SyscallRule {
  std::uint32_t action = 0;  ///< SECCOMP_RET_* with its data
  SyscallConditions conditions;
  std::size_t index = 0;  ///< the rule's place in the config
};

/// What decides about one call: `count` of the filter's rules, from `first` on.
struct SyscallRules {
  sys::CallId call = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

struct SeccompFilter {
  std::uint32_t default_action = 0;
  std::vector<std::uint32_t> architectures;  ///< libseccomp's tokens, the native one among them
  /// Sorted by call; at least one rule each. The first rule that holds decides; if none does, the
  /// default action decides. Only the last rule may be without conditions.
  std::vector<SyscallRules> calls;
  /// Those of the config in its order, then those of each call that is in several of them. Most of
  /// the 400 calls of a profile are in the same one.
  std::vector<SyscallRule> rules;

  std::span<const SyscallRule> rules_of(const SyscallRules& call) const {
    return std::span(rules).subspan(call.first, call.count);
  }

  /// Null if there are no rules for this call.
  const SyscallRules* find(std::string_view name) const {
    const auto call = sys::find_call(name);
    const auto found = std::ranges::lower_bound(calls, call.value_or(0), {}, &SyscallRules::call);
    return call && found != calls.end() && found->call == *call ? &*found : nullptr;
  }
};

/// Where berth sends the listener of SCMP_ACT_NOTIFY.
struct SeccompAgent {
  std::string path;  ///< absolute path on the host
  std::string metadata;
};

}  // namespace berth::plan
