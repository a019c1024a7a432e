// The table of system calls says what libseccomp says.
#include "runtime/linux/security/call_table.h"

#include <seccomp.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <memory>
#include <string>

namespace berth::sys {
namespace {

constexpr std::uint32_t kArchitectures[] = {SCMP_ARCH_X86_64, SCMP_ARCH_X86,   SCMP_ARCH_X32,
                                            SCMP_ARCH_ARM,    SCMP_ARCH_MIPS,  SCMP_ARCH_AARCH64,
                                            SCMP_ARCH_PPC,    SCMP_ARCH_S390X, SCMP_ARCH_RISCV64};

struct Free {
  void operator()(char* text) const { std::free(text); }
};

TEST_CASE("every call of the table is found by its name, and the names are in order") {
  CHECK(call_count() > 400);
  for (std::size_t i = 0; i < call_count(); ++i) {
    const auto id = static_cast<CallId>(i);
    CAPTURE(call_name(id));
    CHECK(find_call(call_name(id)) == id);
    CHECK(call_name(id).data()[call_name(id).size()] == '\0');
    if (i > 0) CHECK(call_name(static_cast<CallId>(i - 1)) < call_name(id));
  }
  CHECK_FALSE(find_call(""));
  CHECK_FALSE(find_call("no_such_call"));
  CHECK_FALSE(find_call("rea"));
}

TEST_CASE("the table has every name that libseccomp has a number for, in any architecture") {
  constexpr std::array kBases = {0, 4000, 5000, 6000, 0x40000000};
  constexpr int kSpan = 600;
  std::size_t names = 0;
  for (const std::uint32_t architecture : kArchitectures) {
    for (const int base : kBases) {
      for (int number = base; number < base + kSpan; ++number) {
        const std::unique_ptr<char, Free> name(
            seccomp_syscall_resolve_num_arch(architecture, number));
        if (!name) continue;
        CAPTURE(architecture, number, name.get());
        CHECK(find_call(name.get()));
        ++names;
      }
    }
  }
  CHECK(names > 2000);
}

TEST_CASE("the numbers of the table are libseccomp's, in their order, and none is missing") {
  REQUIRE(call_numbers(seccomp_arch_native()));
  CHECK_FALSE(call_numbers(0));
  for (const std::uint32_t architecture : kArchitectures) {
    const auto numbers = call_numbers(architecture);
    if (!numbers) continue;
    CAPTURE(architecture);
    CHECK(std::ranges::is_sorted(*numbers, {}, &CallNumber::number));
    for (std::size_t i = 0; i < call_count(); ++i) {
      const auto id = static_cast<CallId>(i);
      const int number = seccomp_syscall_resolve_name_arch(architecture, call_name(id).data());
      const bool has_call = number >= 0 || (number < -100 && number > -300);
      const bool is_there = std::ranges::any_of(
          *numbers, [&](const CallNumber& one) { return one.id == id && one.number == number; });
      CAPTURE(call_name(id), number);
      CHECK(is_there == has_call);
    }
  }
}

}  // namespace
}  // namespace berth::sys
