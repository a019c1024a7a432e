#include "runtime/seccomp/compile.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "runtime/linux/files/memfd.h"
#include "runtime/seccomp/conditions.h"
#include "runtime/seccomp/numbers.h"
#include "spec/error.h"

namespace berth::seccomp {

namespace {

/// __X32_SYSCALL_BIT: x32 is x86_64 to the kernel's audit, with this bit in the numbers of its
/// calls.
constexpr std::uint32_t kX32 = 0x40000000;

/// Numbers here do not grow with time, so they do not show whether a call is newer than the
/// profile.
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

/// A default that lets calls pass, or asks a tracer or an agent, decides about unknown calls, too.
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

/// Compares actions in the kernel's own order.
bool is_stricter(std::uint32_t one, std::uint32_t other) {
  return static_cast<std::int32_t>(one & SECCOMP_RET_ACTION_FULL) <
         static_cast<std::int32_t>(other & SECCOMP_RET_ACTION_FULL);
}

/// For calls whose arguments the filter cannot see: any condition might hold, or none.
std::uint32_t strictest_of(std::span<const plan::SyscallRule> rules, std::uint32_t default_action) {
  const std::uint32_t first = rules.front().action;
  const bool always_decides = rules.back().conditions.empty();
  const std::uint32_t last = always_decides ? rules.back().action : default_action;
  return is_stricter(first, last) ? first : last;
}

void sort(std::vector<Range>& numbers) {
  std::sort(numbers.begin(), numbers.end(),
            [](const Range& one, const Range& other) { return one.first < other.first; });
}

/// The first number that is not less than `first`; `numbers` is in order.
std::vector<Range>::iterator from(std::uint32_t first, std::vector<Range>& numbers) {
  return std::lower_bound(
      numbers.begin(), numbers.end(), first,
      [](const Range& number, std::uint32_t other) { return number.first < other; });
}

/// Adds single numbers, which are in order; all others lead to `between`.
void add(const std::vector<Range>& numbers, Place between, Ranges& ranges) {
  for (auto number = numbers.begin(); number != numbers.end();) {
    const Range first = *number;
    std::uint32_t end = first.first;
    while (number != numbers.end() && number->first == end && number->place == first.place) {
      ++number;
      ++end;
    }
    ranges.add(first.first, first.place);
    ranges.add(end, between);
  }
}

class Compiler {
 public:
  explicit Compiler(const plan::SeccompFilter& filter)
      : filter_(filter), rules_(rules_by_call(filter)) {}

  Program program();

 private:
  Place default_answer() { return writer_.answer(filter_.default_action); }
  Place unknown() { return writer_.answer(SECCOMP_RET_ERRNO | ENOSYS); }
  Place kill() { return writer_.answer(SECCOMP_RET_KILL_PROCESS); }

  bool has(std::uint32_t architecture) const;
  Place place_of(const Rules& call);
  Place place_of(const Multiplexer& multiplexer);
  std::vector<Range> listed(std::uint32_t architecture);
  void hide_clone3(std::uint32_t architecture, std::vector<Range>& numbers);
  bool add_architecture(std::uint32_t architecture, Ranges& ranges);
  Ranges ranges_of(std::uint32_t architecture);

  const plan::SeccompFilter& filter_;
  RulesByCall rules_;
  Writer writer_;
  std::map<const Rules*, Place> places_;  ///< for calls with conditions
};

bool Compiler::has(std::uint32_t architecture) const {
  const auto& all = filter_.architectures;
  return std::find(all.begin(), all.end(), architecture) != all.end();
}

/// Architectures share what is written for the conditions of a call.
Place Compiler::place_of(const Rules& call) {
  const auto rules = filter_.rules_of(call);
  if (rules.front().conditions.empty()) return writer_.answer(rules.front().action);
  const auto [found, is_new] = places_.try_emplace(&call);
  if (is_new) found->second = write_rules(rules, default_answer(), writer_);
  return found->second;
}

Place Compiler::place_of(const Multiplexer& multiplexer) {
  std::vector<Range> calls;
  for (const Call& call : multiplexer.calls) {
    const std::uint32_t action =
        strictest_of(filter_.rules_of(*call.rules), filter_.default_action);
    calls.push_back({call.number, writer_.answer(action)});
  }
  sort(calls);
  Ranges ranges;
  ranges.add(0, default_answer());
  add(calls, default_answer(), ranges);
  const Place found = writer_.search(ranges.all());
  return writer_.before(writer_.before(found, mask(multiplexer.mask)), load_low(0));
}

std::vector<Range> Compiler::listed(std::uint32_t architecture) {
  const Numbers numbers = numbers_of(architecture, filter_, rules_);
  std::vector<Range> listed;
  constexpr std::size_t kClone3 = 1;  // see hide_clone3()
  listed.reserve(numbers.calls.size() + numbers.multiplexers.size() + kClone3);
  for (const Call& call : numbers.calls) listed.push_back({call.number, place_of(*call.rules)});
  for (const Multiplexer& multiplexer : numbers.multiplexers) {
    const auto own = from(multiplexer.number, listed);
    // Rules about the multiplexer itself decide, unless they only repeat the default.
    if (own == listed.end() || own->first != multiplexer.number) {
      listed.insert(own, {multiplexer.number, place_of(multiplexer)});
    } else if (own->place == default_answer()) {
      own->place = place_of(multiplexer);
    }
  }
  return listed;
}

/// clone3 has its flags in memory, which no filter can read. Programs that get ENOSYS use clone.
void Compiler::hide_clone3(std::uint32_t architecture, std::vector<Range>& numbers) {
  const auto clone3 = number_of(architecture, "clone3");
  if (!clone3 || filter_.find("clone3") != nullptr || *clone3 > numbers.back().first) return;
  numbers.insert(from(*clone3, numbers), {*clone3, unknown()});
}

/// True if numbers above the listed ones answer ENOSYS, because these calls are newer than the
/// profile. A profile that lists no call of an architecture does not show its age.
bool Compiler::add_architecture(std::uint32_t architecture, Ranges& ranges) {
  std::vector<Range> numbers = listed(architecture);
  const OutOfOrder* exempt = out_of_order(architecture);
  const auto end = exempt == nullptr ? numbers.end() : from(exempt->first, numbers);
  const std::vector<Range> others(end, numbers.end());
  numbers.erase(end, numbers.end());
  const bool is_answered = answers_unknown(filter_) && !numbers.empty();
  const Place above = is_answered ? unknown() : default_answer();
  if (is_answered) hide_clone3(architecture, numbers);

  ranges.add(architecture == SCMP_ARCH_X32 ? kX32 : 0, default_answer());
  add(numbers, default_answer(), ranges);
  if (is_answered) ranges.add(numbers.back().first + 1, above);
  if (exempt == nullptr) return is_answered;
  ranges.add(exempt->first, default_answer());
  add(others, default_answer(), ranges);
  if (exempt->last != ~0U) ranges.add(exempt->last + 1, above);
  return is_answered;
}

Ranges Compiler::ranges_of(std::uint32_t architecture) {
  Ranges ranges;
  if (architecture != AUDIT_ARCH_X86_64) {
    add_architecture(architecture, ranges);
    return ranges;
  }
  ranges.add(0, kill());
  const bool is_answered = has(SCMP_ARCH_X86_64) && add_architecture(SCMP_ARCH_X86_64, ranges);
  if (has(SCMP_ARCH_X32)) {
    add_architecture(SCMP_ARCH_X32, ranges);
  } else if (!is_answered) {
    ranges.add(kX32, kill());
    // A tracer sets this number to skip a call, so it is not a call of x32. seccomp(2)
    ranges.add(~0U, default_answer());
  }
  return ranges;
}

/// A call of any other architecture ends the program.
Program Compiler::program() {
  Place next = kill();
  const auto& all = filter_.architectures;
  for (auto architecture = all.rbegin(); architecture != all.rend(); ++architecture) {
    const bool is_x32 = *architecture == SCMP_ARCH_X32;
    if (is_x32 && has(SCMP_ARCH_X86_64)) continue;
    const std::uint32_t audited = is_x32 ? AUDIT_ARCH_X86_64 : *architecture;
    const Place found = writer_.search(ranges_of(audited).all());
    const Place begin = writer_.before(found, load(offsetof(seccomp_data, nr)));
    next = writer_.branch(BPF_JEQ, audited, begin, next);
  }
  writer_.before(next, load(offsetof(seccomp_data, arch)));
  return writer_.program();
}

}  // namespace

Program compile(const plan::SeccompFilter& filter) {
  Program program = Compiler(filter).program();
  if (program.size() > kMostInstructions) {
    fail(ErrorKind::Unsupported,
         "these rules are " + std::to_string(program.size()) +
             " instructions, and the kernel takes " + std::to_string(kMostInstructions),
         "/linux/seccomp/syscalls");
  }
  return program;
}

sys::Fd make_filter(const plan::SeccompFilter& filter) {
  const Program program = compile(filter);
  return sys::sealed_memfd("berth-seccomp", program.data(), program.size() * sizeof(sock_filter));
}

}  // namespace berth::seccomp
