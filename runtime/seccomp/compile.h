// A filter as the kernel takes it, in three parts. First how calls are answered that are newer than
// the profile. Then what libseccomp makes of the rules without conditions, which is most: it finds
// the call, for every architecture. Last our own code for the conditions of single calls:
// libseccomp does not take two on one argument, drops rules that overlap, and needs very long for
// many. seccomp(2), bpf(4)
#pragma once

#include <linux/filter.h>

#include <vector>

#include "runtime/plan/seccomp.h"

namespace berth::seccomp {

using Program = std::vector<sock_filter>;

/// What the kernel takes: BPF_MAXINSNS.
constexpr std::size_t kMostInstructions = 4096;

/// Unsupported error at the rule that libseccomp does not take, or at `/linux/seccomp/syscalls`
/// when the program is longer than the kernel takes.
Program compile(const plan::SeccompFilter& filter);

// ---- its parts ------------------------------------------------------------------------------

/// Answers ENOSYS to calls with higher numbers than any that the profile lists, and to clone3,
/// unless it is listed: it cannot be looked into, and programs then use clone. Goes on behind its
/// end with all others. Empty where the default lets calls pass in some way: then somebody else
/// decides.
Program compile_unknown(const plan::SeccompFilter& filter);

/// Answers for one call, by its rules or the default.
Program compile_call(const std::string& name, const std::vector<plan::SyscallRule>& rules,
                     const plan::SeccompFilter& filter);

// ---- instructions ---------------------------------------------------------------------------

/// Of struct seccomp_data.
constexpr sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
/// Skips as many instructions if the test holds, or does not; up to 255.
constexpr sock_filter jump(std::uint16_t test, std::uint32_t value, std::size_t if_so,
                           std::size_t if_not) {
  return {.code = static_cast<std::uint16_t>(BPF_JMP | test | BPF_K),
          .jt = static_cast<std::uint8_t>(if_so),
          .jf = static_cast<std::uint8_t>(if_not),
          .k = value};
}
constexpr sock_filter skip(std::size_t count) {
  return BPF_STMT(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(count));
}
constexpr sock_filter answer(std::uint32_t action) { return BPF_STMT(BPF_RET | BPF_K, action); }

}  // namespace berth::seccomp
