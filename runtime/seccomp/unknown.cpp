#include <linux/seccomp.h>
#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>

#include "runtime/seccomp/compile.h"

namespace berth::seccomp {

namespace {

constexpr std::uint32_t kX32 = 0x40000000;  ///< __X32_SYSCALL_BIT

/// Numbers that say nothing about the age of a call.
struct OutOfOrder {
  std::uint32_t architecture, first, last;
};

constexpr OutOfOrder kOutOfOrder[] = {{SCMP_ARCH_ARM, 0x000f0000, ~0U},
                                      {SCMP_ARCH_X32, kX32 + 512, kX32 + 547}};

const OutOfOrder* out_of_order(std::uint32_t architecture) {
  const auto* found =
      std::find_if(std::begin(kOutOfOrder), std::end(kOutOfOrder),
                   [&](const OutOfOrder& row) { return row.architecture == architecture; });
  return found == std::end(kOutOfOrder) ? nullptr : found;
}

struct Known {
  std::uint32_t highest = 0;
  std::uint32_t clone3 = ~0U;  ///< where it is listed this one, which is above all that are
};

/// libseccomp's own numbers for calls that only others have are negative.
std::optional<std::uint32_t> number_of(std::uint32_t architecture, const char* name) {
  const int number = ::seccomp_syscall_resolve_name_arch(architecture, name);
  if (number < 0) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

/// Nothing: the profile lists no call that this architecture has.
std::optional<Known> known_of(std::uint32_t architecture, const plan::SeccompFilter& filter) {
  std::optional<Known> known;
  const OutOfOrder* exempt = out_of_order(architecture);
  for (const auto& [name, rules] : filter.calls) {
    const auto number = number_of(architecture, name.c_str());
    if (!number || (exempt != nullptr && *number >= exempt->first && *number <= exempt->last)) {
      continue;
    }
    if (!known) known.emplace();
    known->highest = std::max(known->highest, *number);
  }
  if (known && filter.calls.count("clone3") == 0) {
    known->clone3 = number_of(architecture, "clone3").value_or(known->clone3);
  }
  return known;
}

/// The number is loaded. Ends in the answer, or goes on behind it.
Program compile_known(std::uint32_t architecture, const plan::SeccompFilter& filter) {
  const auto known = known_of(architecture, filter);
  if (!known) return {};
  Program block = {jump(BPF_JGT, known->highest, 1, 0), jump(BPF_JEQ, known->clone3, 0, 1),
                   answer(SECCOMP_RET_ERRNO | ENOSYS)};
  if (const OutOfOrder* exempt = out_of_order(architecture)) {
    const Program first = {jump(BPF_JGE, exempt->first, 0, 1),
                           jump(BPF_JGT, exempt->last, 0, block.size())};
    block.insert(block.begin(), first.begin(), first.end());
  }
  return block;
}

/// Behind the test of the architecture. x32 has the number of x86_64, and a bit in those of its
/// calls; where it is not listed, they are above all that are.
Program compile_architecture(std::uint32_t architecture, const plan::SeccompFilter& filter) {
  Program block = {load(offsetof(seccomp_data, nr))};
  const Program own = compile_known(architecture, filter);
  const auto& all = filter.architectures;
  if (architecture == SCMP_ARCH_X86_64 &&
      std::find(all.begin(), all.end(), SCMP_ARCH_X32) != all.end()) {
    const Program x32 = compile_known(SCMP_ARCH_X32, filter);
    block.push_back(jump(BPF_JGE, kX32, 0, x32.size() + 1));
    block.insert(block.end(), x32.begin(), x32.end());
    block.push_back(skip(own.size()));
  }
  block.insert(block.end(), own.begin(), own.end());
  return block;
}

bool answers_unknown(const plan::SeccompFilter& filter) {
  switch (filter.default_action & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_KILL_PROCESS:
    case SECCOMP_RET_KILL_THREAD:
    case SECCOMP_RET_TRAP:
    case SECCOMP_RET_ERRNO:
      return true;
    default:
      return false;
  }
}

}  // namespace

Program compile_unknown(const plan::SeccompFilter& filter) {
  Program program;
  if (!answers_unknown(filter)) return program;
  program.push_back(load(offsetof(seccomp_data, arch)));
  for (const std::uint32_t architecture : filter.architectures) {
    if (architecture == SCMP_ARCH_X32) continue;
    const Program block = compile_architecture(architecture, filter);
    // Behind the block the architecture is no longer loaded.
    program.push_back(jump(BPF_JEQ, architecture, 0, block.size() + 1));
    program.insert(program.end(), block.begin(), block.end());
    program.push_back(load(offsetof(seccomp_data, arch)));
  }
  return program;
}

}  // namespace berth::seccomp
