// linux.seccomp as it was decided: the kernel's numbers, and for each system call its rules in the
// order in which they decide. runtime/seccomp makes the program of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace berth::plan {

/// libseccomp's numbers.
enum class Comparison { Ne = 1, Lt, Le, Eq, Ge, Gt, MaskedEq };

struct SyscallCondition {
  std::uint32_t argument = 0;
  Comparison comparison = Comparison::Eq;
  std::uint64_t value = 0;  ///< of MaskedEq: the mask
  std::uint64_t datum = 0;  ///< of MaskedEq: what is left under the mask
};
/// By argument. Of those on one argument one has to hold, as profiles are written for: libseccomp
/// cannot have two together, so other runtimes make alternatives of them. Arguments hold together.
using SyscallConditions = std::vector<SyscallCondition>;

struct SyscallRule {
  std::uint32_t action = 0;  ///< SECCOMP_RET_* with its data
  SyscallConditions conditions;
  std::size_t index = 0;  ///< of the rule in the config
};

struct SeccompFilter {
  std::uint32_t default_action = 0;
  std::vector<std::uint32_t> architectures;  ///< libseccomp's tokens, the native one among them
  /// By name, at least one rule each. The first that holds decides; if none does, the default. Only
  /// the last one may be without conditions.
  std::map<std::string, std::vector<SyscallRule>> calls;
};

/// Sends the listener of SCMP_ACT_NOTIFY where the config says.
struct SeccompAgent {
  std::string path;  ///< absolute, of the host
  std::string metadata;
};

}  // namespace berth::plan
