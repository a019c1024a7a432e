#include <linux/seccomp.h>
#include <seccomp.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "runtime/seccomp/compile.h"

namespace berth::seccomp {

namespace {

/// Arguments have 64 bits, and a filter compares 32.
struct Halves {
  std::uint32_t high, low;
};

Halves halves_of(std::uint64_t number) {
  return {static_cast<std::uint32_t>(number >> 32), static_cast<std::uint32_t>(number)};
}

/// Where they are depends on the byte order of the machine.
struct Place {
  std::size_t high, low;
};

Place place_of(std::uint32_t argument) {
  const std::size_t at = offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t);
  constexpr std::size_t kHalf = sizeof(std::uint32_t);
  return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? Place{at + kHalf, at} : Place{at, at + kHalf};
}

/// Each of these ends in an instruction that a failing test jumps to, and that it jumps over if the
/// condition holds. What it says is for the caller to fill in.
Program masked(const Place& at, const Halves& mask, const Halves& datum) {
  constexpr std::uint16_t kAnd = BPF_ALU | BPF_AND | BPF_K;
  return {load(at.high), BPF_STMT(kAnd, mask.high), jump(BPF_JEQ, datum.high, 0, 3),
          load(at.low),  BPF_STMT(kAnd, mask.low),  jump(BPF_JEQ, datum.low, 1, 0),
          skip(0)};
}

Program equal(const Place& at, const Halves& value) {
  return {load(at.high), jump(BPF_JEQ, value.high, 0, 2), load(at.low),
          jump(BPF_JEQ, value.low, 1, 0), skip(0)};
}

Program not_equal(const Place& at, const Halves& value) {
  return {load(at.high), jump(BPF_JEQ, value.high, 0, 3), load(at.low),
          jump(BPF_JEQ, value.low, 0, 1), skip(0)};
}

/// More than the value, or (BPF_JGE) at least that.
Program above(const Place& at, const Halves& value, std::uint16_t test) {
  return {load(at.high), jump(BPF_JGT, value.high, 4, 0), jump(BPF_JEQ, value.high, 0, 2),
          load(at.low),  jump(test, value.low, 1, 0),     skip(0)};
}

/// What above() is not.
Program not_above(const Place& at, const Halves& value, std::uint16_t test) {
  return {load(at.high), jump(BPF_JGT, value.high, 3, 0), jump(BPF_JEQ, value.high, 0, 3),
          load(at.low),  jump(test, value.low, 0, 1),     skip(0)};
}

Program compile_condition(const plan::SyscallCondition& condition) {
  const Place at = place_of(condition.argument);
  const Halves value = halves_of(condition.value);
  switch (condition.comparison) {
    case plan::Comparison::Ne:
      return not_equal(at, value);
    case plan::Comparison::Lt:
      return not_above(at, value, BPF_JGE);
    case plan::Comparison::Le:
      return not_above(at, value, BPF_JGT);
    case plan::Comparison::Eq:
      return equal(at, value);
    case plan::Comparison::Ge:
      return above(at, value, BPF_JGE);
    case plan::Comparison::Gt:
      return above(at, value, BPF_JGT);
    case plan::Comparison::MaskedEq:
      return masked(at, value, halves_of(condition.datum));
  }
  return {};
}

using Conditions = std::span<const plan::SyscallCondition>;

/// The first of them, all that are on the same argument.
Conditions take_argument(Conditions& conditions) {
  std::size_t count = 0;
  while (count < conditions.size() && conditions[count].argument == conditions[0].argument) ++count;
  const Conditions taken = conditions.first(count);
  conditions = conditions.subspan(count);
  return taken;
}

/// Goes on behind its end as soon as one holds. If none does it ends in an instruction that is for
/// the caller to fill in, as that of a condition.
Program compile_alternatives(Conditions conditions) {
  Program program;
  std::vector<std::size_t> exits;
  for (const plan::SyscallCondition& condition : conditions) {
    if (!program.empty()) {
      program.back() = skip(1);
      exits.push_back(program.size());
      program.push_back(skip(0));
    }
    const Program test = compile_condition(condition);
    program.insert(program.end(), test.begin(), test.end());
  }
  for (const std::size_t at : exits) program[at] = skip(program.size() - at - 1);
  return program;
}

/// Answers if a condition holds of each argument that has some, goes on behind its end if not.
Program compile_rule(const plan::SyscallRule& rule) {
  Program program;
  std::vector<std::size_t> exits;
  for (Conditions left = rule.conditions; !left.empty();) {
    const Program part = compile_alternatives(take_argument(left));
    program.insert(program.end(), part.begin(), part.end());
    exits.push_back(program.size() - 1);
  }
  program.push_back(answer(rule.action));
  for (const std::size_t at : exits) program[at] = skip(program.size() - at - 1);
  return program;
}

/// The kernel's own order of actions.
bool is_stricter(std::uint32_t one, std::uint32_t other) {
  return static_cast<std::int32_t>(one & SECCOMP_RET_ACTION_FULL) <
         static_cast<std::int32_t>(other & SECCOMP_RET_ACTION_FULL);
}

/// The call that `name` is one of many behind, too, in some architectures: their arguments are in
/// memory then. libseccomp has numbers of its own for such calls.
std::optional<std::uint32_t> carrier_of(std::uint32_t architecture, const std::string& name) {
  constexpr int kFirstSocketCall = -101, kFirstIpc = -201, kEnd = -300;
  const int number = ::seccomp_syscall_resolve_name_arch(architecture, name.c_str());
  if (number > kFirstSocketCall || number <= kEnd) return std::nullopt;
  const int carrier =
      ::seccomp_syscall_resolve_name_arch(architecture, number > kFirstIpc ? "socketcall" : "ipc");
  if (carrier < 0) return std::nullopt;
  return static_cast<std::uint32_t>(carrier);
}

/// No filter can see arguments in memory: any rule could hold, or none.
Program compile_hidden(const std::string& name, std::uint32_t strictest,
                       const plan::SeccompFilter& filter) {
  std::set<std::uint32_t> carriers;
  for (const std::uint32_t architecture : filter.architectures) {
    if (const auto carrier = carrier_of(architecture, name)) carriers.insert(*carrier);
  }
  Program program;
  if (carriers.empty()) return program;
  program.push_back(load(offsetof(seccomp_data, nr)));
  for (const std::uint32_t carrier : carriers) {
    program.push_back(jump(BPF_JEQ, carrier, 0, 1));
    program.push_back(answer(strictest));
  }
  return program;
}

}  // namespace

Program compile_call(const std::string& name, const std::vector<plan::SyscallRule>& rules,
                     const plan::SeccompFilter& filter) {
  const bool always_decides = rules.back().conditions.empty();
  const std::uint32_t last = always_decides ? rules.back().action : filter.default_action;
  const std::uint32_t first = rules.front().action;
  Program program = compile_hidden(name, is_stricter(first, last) ? first : last, filter);
  for (const plan::SyscallRule& rule : rules) {
    const Program part = compile_rule(rule);
    program.insert(program.end(), part.begin(), part.end());
  }
  if (!always_decides) program.push_back(answer(last));
  return program;
}

}  // namespace berth::seccomp
