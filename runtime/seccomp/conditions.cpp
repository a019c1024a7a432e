#include "runtime/seccomp/conditions.h"

#include <cstddef>
#include <cstdint>

namespace berth::seccomp {

namespace {

/// A test goes on at one of these.
struct Exits {
  Place yes, no;

  Exits reversed() const { return {no, yes}; }
};

constexpr std::uint32_t high_half(std::uint64_t number) {
  return static_cast<std::uint32_t>(number >> 32);
}
constexpr std::uint32_t low_half(std::uint64_t number) {
  return static_cast<std::uint32_t>(number);
}

Place equal(std::uint32_t argument, std::uint64_t value, const Exits& to, Writer& writer) {
  const Place low =
      writer.before(writer.branch(BPF_JEQ, low_half(value), to.yes, to.no), load_low(argument));
  return writer.before(writer.branch(BPF_JEQ, high_half(value), low, to.no), load_high(argument));
}

Place masked(std::uint32_t argument, std::uint64_t kept, std::uint64_t value, const Exits& to,
             Writer& writer) {
  Place place = writer.branch(BPF_JEQ, low_half(value), to.yes, to.no);
  place = writer.before(writer.before(place, mask(low_half(kept))), load_low(argument));
  place = writer.branch(BPF_JEQ, high_half(value), place, to.no);
  return writer.before(writer.before(place, mask(high_half(kept))), load_high(argument));
}

/// Whether the argument is more than the value (BPF_JGT), or at least the value (BPF_JGE).
Place above(std::uint16_t test, std::uint32_t argument, std::uint64_t value, const Exits& to,
            Writer& writer) {
  Place place =
      writer.before(writer.branch(test, low_half(value), to.yes, to.no), load_low(argument));
  place = writer.branch(BPF_JEQ, high_half(value), place, to.no);
  return writer.before(writer.branch(BPF_JGT, high_half(value), to.yes, place),
                       load_high(argument));
}

Place write_condition(const plan::SyscallCondition& condition, const Exits& to, Writer& writer) {
  const std::uint32_t argument = condition.argument;
  const std::uint64_t value = condition.value;
  switch (condition.comparison) {
    case plan::Comparison::Ne:
      return equal(argument, value, to.reversed(), writer);
    case plan::Comparison::Lt:
      return above(BPF_JGE, argument, value, to.reversed(), writer);
    case plan::Comparison::Le:
      return above(BPF_JGT, argument, value, to.reversed(), writer);
    case plan::Comparison::Eq:
      return equal(argument, value, to, writer);
    case plan::Comparison::Ge:
      return above(BPF_JGE, argument, value, to, writer);
    case plan::Comparison::Gt:
      return above(BPF_JGT, argument, value, to, writer);
    case plan::Comparison::MaskedEq:
      return masked(argument, value, condition.datum, to, writer);
  }
  return to.no;
}

/// Conditions are in the order of arguments. For each argument that has some, one of them has to
/// hold.
Place write_rule(const plan::SyscallRule& rule, Place otherwise, Writer& writer) {
  const plan::SyscallConditions& conditions = rule.conditions;
  Place next = writer.answer(rule.action);
  Exits to = {next, otherwise};
  for (std::size_t i = conditions.size(); i-- > 0; to.no = next) {
    const bool is_last_of_argument =
        i + 1 == conditions.size() || conditions[i + 1].argument != conditions[i].argument;
    if (is_last_of_argument) to = {next, otherwise};
    next = write_condition(conditions[i], to, writer);
  }
  return next;
}

}  // namespace

Place write_rules(std::span<const plan::SyscallRule> rules, Place otherwise, Writer& writer) {
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
    otherwise = write_rule(*rule, otherwise, writer);
  }
  return otherwise;
}

}  // namespace berth::seccomp
