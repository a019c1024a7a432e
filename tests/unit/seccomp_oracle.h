// What libseccomp itself makes of a profile.
#pragma once

#include <seccomp.h>

#include <catch2/catch.hpp>
#include <cctype>
#include <memory>

#include "runtime/linux/files/file.h"
#include "runtime/linux/files/memfd.h"
#include "seccomp_fixture.h"

namespace berth::seccomp {

struct Release {
  void operator()(void* context) const { seccomp_release(context); }
};

inline std::uint32_t token_of(const std::string& architecture) {
  std::string name = architecture.substr(std::string("SCMP_ARCH_").size());
  for (char& c : name) c = static_cast<char>(std::tolower(c));
  return seccomp_arch_resolve_name(name.c_str());
}

inline std::uint32_t action_of(const std::string& name, std::uint32_t data) {
  if (name == "SCMP_ACT_ERRNO") return SCMP_ACT_ERRNO(data);
  if (name == "SCMP_ACT_TRACE") return SCMP_ACT_TRACE(data);
  if (name == "SCMP_ACT_KILL_PROCESS") return SCMP_ACT_KILL_PROCESS;
  if (name == "SCMP_ACT_KILL") return SCMP_ACT_KILL;
  if (name == "SCMP_ACT_TRAP") return SCMP_ACT_TRAP;
  if (name == "SCMP_ACT_LOG") return SCMP_ACT_LOG;
  REQUIRE(name == "SCMP_ACT_ALLOW");
  return SCMP_ACT_ALLOW;
}

inline scmp_arg_cmp condition_of(const spec::SeccompArg& arg) {
  const std::string op = arg.op.substr(std::string("SCMP_CMP_").size());
  const auto* found = std::find(std::begin(kOperators), std::end(kOperators), op);
  return {.arg = arg.index,
          .op = static_cast<scmp_compare>(found - std::begin(kOperators) + 1),
          .datum_a = arg.value,
          .datum_b = arg.value_two};
}

inline Program exported(void* context) {
  const sys::Fd file = sys::scratch_file("test");
  REQUIRE(seccomp_export_bpf(context, file.get()) == 0);
  const std::string bytes = sys::read_file("/proc/self/fd/" + std::to_string(file.get()));
  Program program(bytes.size() / sizeof(sock_filter));
  std::memcpy(program.data(), bytes.data(), bytes.size());
  return program;
}

/// The program that libseccomp makes of the profile.
inline Program of_libseccomp(const spec::Seccomp& seccomp) {
  const std::uint32_t otherwise =
      action_of(seccomp.default_action, seccomp.default_errno_ret.value_or(EPERM));
  const std::unique_ptr<void, Release> context(seccomp_init(otherwise));
  for (const std::string& architecture : seccomp.architectures) {
    const int result = seccomp_arch_add(context.get(), token_of(architecture));
    REQUIRE((result == 0 || result == -EEXIST));
  }
  REQUIRE(seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0);
  REQUIRE(seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0);
  for (const spec::SeccompRule& rule : seccomp.syscalls) {
    const std::uint32_t action = action_of(rule.action, rule.errno_ret.value_or(EPERM));
    if (action == otherwise) continue;  // it takes no such rule
    std::vector<scmp_arg_cmp> conditions;
    for (const spec::SeccompArg& arg : rule.args) conditions.push_back(condition_of(arg));
    for (const std::string& name : rule.names) {
      const int number = seccomp_syscall_resolve_name(name.c_str());
      CAPTURE(name);
      REQUIRE(seccomp_rule_add_array(context.get(), action, number,
                                     static_cast<unsigned>(conditions.size()),
                                     conditions.data()) == 0);
    }
  }
  return exported(context.get());
}

}  // namespace berth::seccomp
