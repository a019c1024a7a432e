#include "runtime/seccomp/numbers.h"

#include <seccomp.h>

#include <cstdlib>
#include <memory>
#include <string>

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
/// about numbers of other calls.
void add_own_numbers(std::uint32_t architecture, const plan::SeccompFilter& filter,
                     Numbers& numbers) {
  constexpr std::uint32_t kSpan = 300;  // socketcall is 102, msgctl 402
  const std::uint32_t first = number_of(architecture, kKinds[0].name).value_or(0) + 1;
  std::vector<bool> taken(kSpan);
  for (const Call& call : numbers.calls) {
    if (call.number - first < kSpan) taken[call.number - first] = true;
  }
  for (std::uint32_t i = 0; i < kSpan; ++i) {
    if (taken[i]) continue;
    const std::unique_ptr<char, Free> name(
        ::seccomp_syscall_resolve_num_arch(architecture, static_cast<int>(first + i)));
    const plan::SyscallRules* found = name ? filter.find(name.get()) : nullptr;
    if (found != nullptr) numbers.calls.push_back({first + i, &found->rules});
  }
}

}  // namespace

std::optional<std::uint32_t> number_of(std::uint32_t architecture, const char* name) {
  const int number = ::seccomp_syscall_resolve_name_arch(architecture, name);
  if (number < 0) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

Numbers numbers_of(std::uint32_t architecture, const plan::SeccompFilter& filter) {
  Numbers numbers;
  numbers.calls.reserve(filter.calls.size());
  std::vector<std::pair<int, const Rules*>> others;
  const bool is_native = architecture == ::seccomp_arch_native();
  for (const auto& [name, native_number, rules] : filter.calls) {
    const int number = is_native && native_number
                           ? *native_number
                           : ::seccomp_syscall_resolve_name_arch(architecture, name.c_str());
    if (number >= 0) {
      numbers.calls.push_back({static_cast<std::uint32_t>(number), &rules});
    } else {
      others.emplace_back(number, &rules);
    }
  }
  for (const Kind& kind : kKinds) {
    const auto own = number_of(architecture, kind.name);
    std::vector<Call> calls;
    for (const auto& [number, rules] : others) {
      const int call = kind.above - number;
      if (call > 0 && call < kMostCalls) calls.push_back({static_cast<std::uint32_t>(call), rules});
    }
    if (own && !calls.empty()) numbers.multiplexers.push_back({*own, kind.mask, std::move(calls)});
  }
  if (!numbers.multiplexers.empty()) add_own_numbers(architecture, filter, numbers);
  return numbers;
}

}  // namespace berth::seccomp
