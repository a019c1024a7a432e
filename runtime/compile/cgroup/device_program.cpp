#include "runtime/compile/cgroup/device_program.h"

#include <algorithm>
#include <cstddef>

namespace berth::plan {

namespace {

// The registers of the program. r0 is scratch and the result.
constexpr std::uint8_t kResult = BPF_REG_0;
constexpr std::uint8_t kContext = BPF_REG_1;
constexpr std::uint8_t kType = BPF_REG_2;
constexpr std::uint8_t kWanted = BPF_REG_3;
constexpr std::uint8_t kMajor = BPF_REG_4;
constexpr std::uint8_t kMinor = BPF_REG_5;

constexpr int kLoadWord = BPF_LDX | BPF_MEM | BPF_W;
constexpr int kMove = BPF_ALU64 | BPF_MOV;
constexpr int kAnd = BPF_ALU64 | BPF_AND;
constexpr int kShiftRight = BPF_ALU64 | BPF_RSH;
constexpr int kUnlessEqual = BPF_JMP | BPF_JNE;
constexpr int kIfEqual = BPF_JMP | BPF_JEQ;

bpf_insn instruction(int code, std::uint8_t to, std::uint8_t from, std::size_t offset,
                     std::int32_t number) {
  bpf_insn one = {};
  one.code = static_cast<std::uint8_t>(code);
  one.dst_reg = static_cast<std::uint8_t>(to & 15u);
  one.src_reg = static_cast<std::uint8_t>(from & 15u);
  one.off = static_cast<std::int16_t>(offset);
  one.imm = number;
  return one;
}

using Program = std::vector<bpf_insn>;

void give(Program& program, bool allow) {
  program.push_back(instruction(kMove | BPF_K, kResult, 0, 0, allow ? 1 : 0));
  program.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
}

void append_prologue(Program& program) {
  program.push_back(
      instruction(kLoadWord, kType, kContext, offsetof(bpf_cgroup_dev_ctx, access_type), 0));
  program.push_back(
      instruction(kLoadWord, kMajor, kContext, offsetof(bpf_cgroup_dev_ctx, major), 0));
  program.push_back(
      instruction(kLoadWord, kMinor, kContext, offsetof(bpf_cgroup_dev_ctx, minor), 0));
  program.push_back(instruction(kMove | BPF_X, kWanted, kType, 0, 0));
  program.push_back(instruction(kShiftRight | BPF_K, kWanted, 0, 0, 16));
  program.push_back(instruction(kAnd | BPF_K, kType, 0, 0, 0xffff));
}

/// The instructions that follow once the rule matches the device.
Program verdict_of(const AccessRule& rule) {
  Program body;
  if (rule.access == kMayAll) {
    give(body, rule.allow);
  } else if (rule.allow) {
    // These bits are granted; earlier rules have to grant the others.
    body.push_back(
        instruction(kAnd | BPF_K, kWanted, 0, 0, static_cast<std::int32_t>(~rule.access)));
    body.push_back(instruction(kUnlessEqual | BPF_K, kWanted, 0, 2, 0));
    give(body, true);
  } else {
    body.push_back(instruction(kMove | BPF_X, kResult, kWanted, 0, 0));
    body.push_back(
        instruction(kAnd | BPF_K, kResult, 0, 0, static_cast<std::int32_t>(rule.access)));
    body.push_back(instruction(kIfEqual | BPF_K, kResult, 0, 2, 0));
    give(body, false);
  }
  return body;
}

void append_rule(Program& program, const AccessRule& rule) {
  struct Condition {
    std::uint8_t reg;
    std::int32_t value;
  };
  std::vector<Condition> conditions = {
      {kType, rule.type == 'c' ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK}};
  if (rule.major != AccessRule::kAny) conditions.push_back({kMajor, rule.major});
  if (rule.minor != AccessRule::kAny) conditions.push_back({kMinor, rule.minor});

  const Program body = verdict_of(rule);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const std::size_t to_next_rule = conditions.size() - i - 1 + body.size();
    program.push_back(
        instruction(kUnlessEqual | BPF_K, conditions[i].reg, 0, to_next_rule, conditions[i].value));
  }
  program.insert(program.end(), body.begin(), body.end());
}

}  // namespace

std::vector<bpf_insn> compile_device_program(const std::vector<AccessRule>& rules) {
  const auto base = std::find_if(rules.rbegin(), rules.rend(),
                                 [](const AccessRule& rule) { return rule.type == 'a'; });
  const bool allow_rest = base != rules.rend() && base->allow;
  const bool denies = std::any_of(rules.rbegin(), base, [](const auto& one) { return !one.allow; });
  if (allow_rest && !denies) return {};

  Program program;
  append_prologue(program);
  for (auto rule = rules.rbegin(); rule != base; ++rule) append_rule(program, *rule);
  give(program, allow_rest);
  return program;
}

}  // namespace berth::plan
