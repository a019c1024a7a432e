// The filter of system calls: config-linux.md. See config.h.
#pragma once

#include <linux/seccomp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/config/forms.h"
#include "spec/config/strings.h"
#include "spec/json/rules.h"

namespace berth::spec {

/// The numbers of libseccomp's scmp_compare.
inline constexpr WordValue kSeccompOperatorRows[] = {
    {"SCMP_CMP_NE", 1}, {"SCMP_CMP_LT", 2}, {"SCMP_CMP_LE", 3},        {"SCMP_CMP_EQ", 4},
    {"SCMP_CMP_GE", 5}, {"SCMP_CMP_GT", 6}, {"SCMP_CMP_MASKED_EQ", 7},
};
inline constexpr WordTable kSeccompOperators{kSeccompOperatorRows};

struct SeccompArg {
  std::uint32_t index = 0;
  std::uint64_t value = 0;
  std::uint64_t value_two = 0;
  std::string op;
};

inline constexpr Words kSeccompActionsWithErrno{"SCMP_ACT_ERRNO SCMP_ACT_TRACE"};
inline constexpr Words kSeccompArchitectures{
    "SCMP_ARCH_X86 SCMP_ARCH_X86_64 SCMP_ARCH_X32 SCMP_ARCH_ARM SCMP_ARCH_AARCH64 SCMP_ARCH_MIPS "
    "SCMP_ARCH_MIPS64 SCMP_ARCH_MIPS64N32 SCMP_ARCH_MIPSEL SCMP_ARCH_MIPSEL64 "
    "SCMP_ARCH_MIPSEL64N32 SCMP_ARCH_PPC SCMP_ARCH_PPC64 SCMP_ARCH_PPC64LE SCMP_ARCH_S390 "
    "SCMP_ARCH_S390X SCMP_ARCH_PARISC SCMP_ARCH_PARISC64 SCMP_ARCH_RISCV64 SCMP_ARCH_LOONGARCH64 "
    "SCMP_ARCH_M68K SCMP_ARCH_SH SCMP_ARCH_SHEB"};
inline constexpr Clause kErrnoNeedsAction{
    R"("if": {"required": ["errnoRet"]}, )"
    R"("then": {"properties": {"action": {"enum": ["SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"]}}})"};
inline constexpr Clause kErrnoNeedsDefaultAction{
    R"("if": {"required": ["defaultErrnoRet"]}, "then": {"properties": )"
    R"({"defaultAction": {"enum": ["SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"]}}})"};
inline constexpr Clause kMetadataNeedsListener{
    R"("if": {"required": ["listenerMetadata"], )"
    R"("properties": {"listenerMetadata": {"minLength": 1}}}, )"
    R"("then": {"required": ["listenerPath"], "properties": {"listenerPath": {"minLength": 1}}})"};
inline constexpr Clause kSomeNames{R"("properties": {"names": {"minItems": 1}})"};
/// SECCOMP_RET_DATA is 16 bits wide.
inline constexpr Range kSeccompData{0, UINT16_MAX};

void describe(auto& v, SeccompArg& arg) {
  v.required("index", arg.index, Range{0, 5});
  v.required("value", arg.value);
  v.optional("valueTwo", arg.value_two);
  v.required("op", arg.op, kSeccompOperators);
}

/// seccomp(2)
inline constexpr WordValue kSeccompActionRows[] = {
    {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
    {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP},
    {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO},
    {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE},
    {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW},
    {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
    {"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF},
};
inline constexpr WordTable kSeccompActions{kSeccompActionRows};

struct SeccompRule {
  Strings names;
  std::string action;
  std::optional<std::uint32_t> errno_ret;
  std::vector<SeccompArg> args;
};

void describe(auto& v, SeccompRule& rule) {
  v.required("names", rule.names, kNotEmpty);
  v.check("names", !rule.names.empty(), "at least one name", kSomeNames);
  v.required("action", rule.action, kSeccompActions);
  v.optional("errnoRet", rule.errno_ret, kSeccompData);
  v.check("errnoRet", "action", !rule.errno_ret || kSeccompActionsWithErrno.holds(rule.action),
          "only with 'action' SCMP_ACT_ERRNO, SCMP_ACT_TRACE", kErrnoNeedsAction);
  v.optional("args", rule.args);
}

inline constexpr WordValue kSeccompFlagRows[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
};
inline constexpr WordTable kSeccompFlags{kSeccompFlagRows};

struct Seccomp {
  std::string default_action;
  std::optional<std::uint32_t> default_errno_ret;
  Strings architectures;
  std::optional<Strings> flags;
  std::string listener_path;
  std::string listener_metadata;
  std::vector<SeccompRule> syscalls;
};

void describe(auto& v, Seccomp& seccomp) {
  v.required("defaultAction", seccomp.default_action, kSeccompActions);
  v.optional("defaultErrnoRet", seccomp.default_errno_ret, kSeccompData);
  v.check("defaultErrnoRet", "defaultAction",
          !seccomp.default_errno_ret || kSeccompActionsWithErrno.holds(seccomp.default_action),
          "only with 'defaultAction' SCMP_ACT_ERRNO, SCMP_ACT_TRACE", kErrnoNeedsDefaultAction);
  v.optional("architectures", seccomp.architectures, kSeccompArchitectures);
  v.optional("flags", seccomp.flags, kSeccompFlags);
  v.optional("listenerPath", seccomp.listener_path);
  v.optional("listenerMetadata", seccomp.listener_metadata);
  v.check("listenerMetadata", "listenerPath",
          seccomp.listener_metadata.empty() || !seccomp.listener_path.empty(),
          "only together with 'listenerPath'", kMetadataNeedsListener);
  v.optional("syscalls", seccomp.syscalls);
}

}  // namespace berth::spec
