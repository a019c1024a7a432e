// The compiled form of linux.seccomp: the kernel's numbers, and the rules of each system call in
// the order in which they decide. runtime/seccomp makes a program of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// What decides about one call.
struct SyscallRules {
  std::string name;
  std::optional<int> native_number;  ///< see sys::system_call_number(); nothing: not looked up yet
  std::vector<SyscallRule> rules;
};

struct SeccompFilter {
  std::uint32_t default_action = 0;
  std::vector<std::uint32_t> architectures;  ///< libseccomp's tokens, the native one among them
  /// Sorted by name; at least one rule each. The first rule that holds decides; if none does, the
  /// default action decides. Only the last rule may be without conditions.
  std::vector<SyscallRules> calls;

  /// Null if there are no rules for this call.
  const SyscallRules* find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(calls, name, {}, &SyscallRules::name);
    return found != calls.end() && found->name == name ? &*found : nullptr;
  }
};

/// Where berth sends the listener of SCMP_ACT_NOTIFY.
struct SeccompAgent {
  std::string path;  ///< absolute path on the host
  std::string metadata;
};

}  // namespace berth::plan
