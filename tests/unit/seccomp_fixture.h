// A linux.seccomp compiled all the way to the program that the kernel runs, and asked about calls.
#pragma once

#include <linux/audit.h>
#include <seccomp.h>

#include <cerrno>
#include <initializer_list>
#include <string>

#include "bpf_interpreter.h"
#include "plan_fixture.h"
#include "runtime/compile/order.h"
#include "runtime/compile/seccomp/seccomp.h"
#include "runtime/seccomp/compile.h"

namespace berth::seccomp {

using Args = std::initializer_list<std::uint64_t>;

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t error(std::uint32_t number) { return SECCOMP_RET_ERRNO | number; }

class Profile {
 public:
  explicit Profile(const spec::Seccomp& seccomp) {
    spec::Config config;
    config.process.emplace();
    config.linux.seccomp = seccomp;
    plan::compile_seccomp_filter(config, bench_.builder);
    fail_if_any(bench_.problems, "config.json");
    program_ = compile(*bench_.plan().seccomp);
  }

  std::uint32_t answer(std::uint32_t architecture, std::uint32_t number, Args args = {}) const {
    seccomp_data call = {};
    call.arch = architecture;
    call.nr = static_cast<int>(number);
    std::copy(args.begin(), args.end(), call.args);
    return answer_of(program_, call);
  }
  /// By name, of x86_64.
  std::uint32_t answer(const char* name, Args args = {}) const {
    return answer(AUDIT_ARCH_X86_64, number_of(name), args);
  }
  std::uint32_t i386(const char* name, Args args = {}) const {
    return answer(AUDIT_ARCH_I386, number_of(name, SCMP_ARCH_X86), args);
  }
  std::uint32_t x32(const char* name, Args args = {}) const {
    return answer(AUDIT_ARCH_X86_64, number_of(name, SCMP_ARCH_X32), args);
  }

  static std::uint32_t number_of(const char* name, std::uint32_t token = SCMP_ARCH_X86_64) {
    const int number = seccomp_syscall_resolve_name_arch(token, name);
    INFO(name);
    REQUIRE(number >= 0);
    return static_cast<std::uint32_t>(number);
  }

  /// i386 has two ways to some calls; libseccomp tells the number of neither.
  static constexpr std::uint32_t kI386Socket = 359;

  const Program& program() const { return program_; }
  const std::vector<std::string>& warnings() const { return bench_.plan().warnings; }

 private:
  plan::Workbench bench_;
  Program program_;
};

/// Everything else is refused with EPERM.
inline spec::Seccomp only(std::vector<spec::SeccompRule> rules) {
  spec::Seccomp seccomp;
  seccomp.default_action = "SCMP_ACT_ERRNO";
  seccomp.architectures = {"SCMP_ARCH_X86_64"};
  seccomp.syscalls = std::move(rules);
  return seccomp;
}

inline spec::SeccompRule allow(spec::Strings names, std::vector<spec::SeccompArg> args = {}) {
  return {.names = std::move(names), .action = "SCMP_ACT_ALLOW", .args = std::move(args)};
}

inline spec::SeccompRule refuse(spec::Strings names, std::uint32_t number,
                                std::vector<spec::SeccompArg> args = {}) {
  return {.names = std::move(names),
          .action = "SCMP_ACT_ERRNO",
          .errno_ret = number,
          .args = std::move(args)};
}

inline spec::SeccompArg when(std::uint32_t index, const char* op, std::uint64_t value,
                             std::uint64_t value_two = 0) {
  return {
      .index = index, .value = value, .value_two = value_two, .op = std::string("SCMP_CMP_") + op};
}

inline constexpr const char* kOperators[] = {"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};

/// Around every edge, in both halves of 64 bits.
inline constexpr std::uint64_t kNumbers[] = {0,
                                             1,
                                             2,
                                             3,
                                             4,
                                             5,
                                             6,
                                             7,
                                             8,
                                             0x7fffffff,
                                             0x80000000,
                                             0xfffffffe,
                                             0xffffffff,
                                             0x100000000,
                                             0x100000001,
                                             0x100000005,
                                             0x500000000,
                                             0x500000005,
                                             0x7fffffffffffffff,
                                             0x8000000000000000,
                                             0x8000000000000005,
                                             ~std::uint64_t{1},
                                             ~std::uint64_t{0}};

}  // namespace berth::seccomp
