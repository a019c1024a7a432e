#include "runtime/seccomp/numbers.h"

#include <seccomp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

namespace berth::seccomp {

namespace {

/// libseccomp has negative numbers for the calls of a multiplexer, from `above` - 1 downwards.
struct Kind {
  const char* name;
  int above;
  std::uint32_t mask;
};

/// The upper bits of ipc's first argument are a version.
constexpr Kind kKinds[] = {{"socketcall", -100, ~0U}, {"ipc", -200, 0xffff}};
constexpr int kMostCalls = 100;

struct Free {
  void operator()(char* text) const { std::free(text); }
};

/// Linux has given most of these calls a number of their own as well, the last ones in 5.1.
/// libseccomp finds it only from the number to the name, by a linear search, so berth does not ask
/// about other numbers.
void add_own_numbers(std::uint32_t architecture, std::vector<sys::CallNumber>& numbers) {
  constexpr std::uint32_t kSocketcall = 102, kFirst = 103, kLast = 402;  // msgctl is last
  const std::uint32_t base =
      number_of(architecture, kKinds[0].name).value_or(kSocketcall) - kSocketcall;
  for (std::uint32_t number = base + kFirst; number <= base + kLast; ++number) {
    const auto own = static_cast<int>(number);
    const std::unique_ptr<char, Free> name(::seccomp_syscall_resolve_num_arch(architecture, own));
    const auto call = name ? sys::find_call(name.get()) : std::nullopt;
    if (call) numbers.push_back({own, *call});
  }
}

/// For an architecture that is not in the table. Sorted by number, each once.
std::vector<sys::CallNumber> ask_libseccomp(std::uint32_t architecture,
                                            const plan::SeccompFilter& filter) {
  std::vector<sys::CallNumber> numbers;
  for (const plan::SyscallRules& call : filter.calls) {
    const char* name = sys::call_name(call.call).data();
    numbers.push_back({::seccomp_syscall_resolve_name_arch(architecture, name), call.call});
  }
  add_own_numbers(architecture, numbers);
  const auto key = [](const sys::CallNumber& one) { return std::pair(one.number, one.id); };
  std::ranges::sort(numbers, {}, key);
  const auto is_same = [&](const auto& one, const auto& next) { return key(one) == key(next); };
  numbers.erase(std::unique(numbers.begin(), numbers.end(), is_same), numbers.end());
  return numbers;
}

/// Takes those of this kind; nothing if there are none.
std::optional<Multiplexer> multiplexer_of(const Kind& kind, std::uint32_t architecture,
                                          const std::vector<std::pair<int, const Rules*>>& calls) {
  const auto own = number_of(architecture, kind.name);
  if (!own) return std::nullopt;
  Multiplexer multiplexer{.number = *own, .mask = kind.mask, .calls = {}};
  for (const auto& [number, rules] : calls) {
    const int call = kind.above - number;
    if (call <= 0 || call >= kMostCalls) continue;
    multiplexer.calls.push_back({static_cast<std::uint32_t>(call), rules});
  }
  return multiplexer.calls.empty() ? std::nullopt : std::optional(std::move(multiplexer));
}

}  // namespace

RulesByCall rules_by_call(const plan::SeccompFilter& filter) {
  RulesByCall rules(sys::call_count());
  for (const plan::SyscallRules& call : filter.calls) rules[call.call] = &call;
  return rules;
}

std::optional<std::uint32_t> number_of(std::uint32_t architecture, const char* name) {
  const int number = ::seccomp_syscall_resolve_name_arch(architecture, name);
  if (number < 0) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

Numbers numbers_of(std::uint32_t architecture, const plan::SeccompFilter& filter,
                   const RulesByCall& rules) {
  Numbers numbers;
  numbers.calls.reserve(filter.calls.size());
  std::vector<std::pair<int, const Rules*>> multiplexed;
  const auto in_table = sys::call_numbers(architecture);
  std::vector<sys::CallNumber> asked;
  if (!in_table) asked = ask_libseccomp(architecture, filter);
  for (const auto& [number, call] : in_table.value_or(asked)) {
    if (rules[call] == nullptr) continue;
    if (number < 0) {
      multiplexed.emplace_back(number, rules[call]);
    } else {
      numbers.calls.push_back({static_cast<std::uint32_t>(number), rules[call]});
    }
  }
  for (const Kind& kind : kKinds) {
    auto multiplexer = multiplexer_of(kind, architecture, multiplexed);
    if (multiplexer) numbers.multiplexers.push_back(std::move(*multiplexer));
  }
  return numbers;
}

}  // namespace berth::seccomp
