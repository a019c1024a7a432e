// The system calls of a filter by their numbers in one architecture, as libseccomp knows them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/plan/seccomp.h"

namespace berth::seccomp {

using Rules = plan::SyscallRules;
/// For each call of the table; null if the filter has no rule for it.
using RulesByCall = std::vector<const Rules*>;
RulesByCall rules_by_call(const plan::SeccompFilter& filter);

struct Call {
  std::uint32_t number;
  const Rules* rules;
};

/// socketcall(2) or ipc(2): one call that does the work of many, by its first argument. Arguments
/// of socketcall are in memory, which no filter can read.
struct Multiplexer {
  std::uint32_t number;
  std::uint32_t mask;       ///< the kernel ignores the other bits of the first argument
  std::vector<Call> calls;  ///< by the value of the first argument
};

struct Numbers {
  std::vector<Call> calls;  ///< sorted by number
  std::vector<Multiplexer> multiplexers;
};

/// Calls that the architecture lacks are left out.
Numbers numbers_of(std::uint32_t architecture, const plan::SeccompFilter& filter,
                   const RulesByCall& rules);

/// Empty if the architecture has no such call.
std::optional<std::uint32_t> number_of(std::uint32_t architecture, const char* name);

}  // namespace berth::seccomp
