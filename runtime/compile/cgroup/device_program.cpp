#include "runtime/compile/cgroup/device_program.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace berth::plan {

namespace {

// The registers of the program. r0 is scratch and the result.
constexpr std::uint8_t kResult = BPF_REG_0;
constexpr std::uint8_t kContext = BPF_REG_1;
constexpr std::uint8_t kType = BPF_REG_2;
constexpr std::uint8_t kWanted = BPF_REG_3;
constexpr std::uint8_t kMajor = BPF_REG_4;
constexpr std::uint8_t kMinor = BPF_REG_5;
constexpr std::uint8_t kDevice = BPF_REG_6;  ///< both numbers in one, as device_of() has them

constexpr int kLoadWord = BPF_LDX | BPF_MEM | BPF_W;
constexpr int kMove = BPF_ALU64 | BPF_MOV;
constexpr int kAnd = BPF_ALU64 | BPF_AND;
constexpr int kOr = BPF_ALU64 | BPF_OR;
constexpr int kShiftLeft = BPF_ALU64 | BPF_LSH;
constexpr int kShiftRight = BPF_ALU64 | BPF_RSH;
constexpr int kUnlessEqual = BPF_JMP32 | BPF_JNE | BPF_K;
constexpr int kIfEqual = BPF_JMP32 | BPF_JEQ | BPF_K;
constexpr int kJump = BPF_JMP | BPF_JA;

// The kernel's dev_t: no device has larger numbers.
constexpr unsigned kMinorBits = 20;
constexpr std::int32_t kLastMajor = (1 << 12) - 1, kLastMinor = (1 << kMinorBits) - 1;

std::int32_t device_of(const AccessRule& rule) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(rule.major) << kMinorBits |
                                   static_cast<std::uint32_t>(rule.minor));
}

bool is_of_a_device(const AccessRule& rule) {
  return rule.major <= kLastMajor && rule.minor <= kLastMinor;
}

using RulePlace = std::vector<AccessRule>::const_reverse_iterator;

/// The kernel's verifier walks every path, and stops where it arrives in a state that it knows, or
/// in a narrower one. So the path on which no rule matches comes first and has one comparison a
/// rule, and each match jumps to a verdict at the end: the default rules are verified in 0.1 ms,
/// where comparisons one by one, each with its own verdict, take 0.4 ms.
class Program {
 public:
  void add(int code, std::uint8_t to, std::uint8_t from, std::size_t offset, std::int32_t number) {
    bpf_insn one = {};
    one.code = static_cast<std::uint8_t>(code);
    one.dst_reg = static_cast<std::uint8_t>(to & 15u);
    one.src_reg = static_cast<std::uint8_t>(from & 15u);
    one.off = static_cast<std::int16_t>(offset);
    one.imm = number;
    code_.push_back(one);
  }

  void add_prologue() {
    add(kLoadWord, kType, kContext, offsetof(bpf_cgroup_dev_ctx, access_type), 0);
    add(kLoadWord, kMajor, kContext, offsetof(bpf_cgroup_dev_ctx, major), 0);
    add(kLoadWord, kMinor, kContext, offsetof(bpf_cgroup_dev_ctx, minor), 0);
    add(kMove | BPF_X, kWanted, kType, 0, 0);
    add(kShiftRight | BPF_K, kWanted, 0, 0, 16);
    add(kAnd | BPF_K, kType, 0, 0, 0xffff);
    add(kMove | BPF_X, kDevice, kMajor, 0, 0);
    add(kShiftLeft | BPF_K, kDevice, 0, 0, kMinorBits);
    add(kOr | BPF_X, kDevice, kMinor, 0, 0);
  }

  /// Returns the place of a jump that leaves it open where to.
  std::size_t add_jump(int code, std::uint8_t reg, std::int32_t number) {
    add(code, reg, 0, 0, number);
    return code_.size() - 1;
  }
  void land(std::size_t jump) {
    code_[jump].off = static_cast<std::int16_t>(code_.size() - jump - 1);
  }

  /// The last rule comes first. Returns whether the path goes on behind the rules.
  bool add_rules(const RulePlace& last, const RulePlace& end, char type) {
    for (RulePlace rule = last; rule != end; ++rule) {
      if (rule->type == type && is_of_a_device(*rule) && !add_rule(*rule)) return false;
    }
    return true;
  }

  void jump_to_verdict(bool allow) { jump_if(kJump, 0, 0, allow); }

  /// A verdict to which nothing jumps would be code that the verifier cannot reach.
  std::vector<bpf_insn> finish() {
    for (const bool allow : {false, true}) {
      std::vector<std::size_t>& jumps = jumps_to_[allow ? 1 : 0];
      if (jumps.empty()) continue;
      std::for_each(jumps.begin(), jumps.end(), [this](std::size_t jump) { land(jump); });
      add(kMove | BPF_K, kResult, 0, 0, allow ? 1 : 0);
      add(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    }
    return std::move(code_);
  }

 private:
  void jump_if(int code, std::uint8_t reg, std::int32_t number, bool allow) {
    jumps_to_[allow ? 1 : 0].push_back(add_jump(code, reg, number));
  }

  /// False: no rule before this one is ever looked at.
  bool add_rule(const AccessRule& rule) {
    const bool is_any = rule.major == AccessRule::kAny && rule.minor == AccessRule::kAny;
    if (rule.access != kMayAll) {
      const std::size_t to_next = is_any ? 0 : add_match(kUnlessEqual, rule);
      add_partial_verdict(rule);
      if (!is_any) land(to_next);
    } else if (is_any) {
      jump_to_verdict(rule.allow);
    } else {
      jumps_to_[rule.allow ? 1 : 0].push_back(add_match(kIfEqual, rule));
    }
    return rule.access != kMayAll || !is_any;
  }

  std::size_t add_match(int code, const AccessRule& rule) {
    if (rule.minor == AccessRule::kAny) return add_jump(code, kMajor, rule.major);
    if (rule.major == AccessRule::kAny) return add_jump(code, kMinor, rule.minor);
    return add_jump(code, kDevice, device_of(rule));
  }

  void add_partial_verdict(const AccessRule& rule) {
    const auto access = static_cast<std::int32_t>(rule.access);
    if (rule.allow) {  // these bits are granted; earlier rules have to grant the others
      add(kAnd | BPF_K, kWanted, 0, 0, ~access);
      jump_if(kIfEqual, kWanted, 0, true);
    } else {
      add(kMove | BPF_X, kResult, kWanted, 0, 0);
      add(kAnd | BPF_K, kResult, 0, 0, access);
      jump_if(kUnlessEqual, kResult, 0, false);
    }
  }

  std::vector<bpf_insn> code_;
  std::array<std::vector<std::size_t>, 2> jumps_to_;  ///< a verdict: 0 deny, 1 allow
};

}  // namespace

std::vector<bpf_insn> compile_device_program(const std::vector<AccessRule>& rules,
                                             Problems& problems) {
  // A jump reaches 32,767 instructions, and the verifier keeps 8,192 matches to look at later. Of
  // rules for a part of the access it takes fewer than 2,000, and refuses the program.
  constexpr std::size_t kMostRules = 4096;
  if (rules.size() > kMostRules) {
    problems.add(kDeviceRules,
                 "there are " + std::to_string(rules.size()) +
                     " rules, with berth's own; a program for cgroup v2 has at most " +
                     std::to_string(kMostRules),
                 ErrorKind::Unsupported);
    return {};
  }
  const auto base = std::find_if(rules.rbegin(), rules.rend(),
                                 [](const AccessRule& rule) { return rule.type == 'a'; });
  const bool allow_rest = base != rules.rend() && base->allow;
  const bool denies = std::any_of(rules.rbegin(), base, [](const auto& one) { return !one.allow; });
  if (allow_rest && !denies) return {};

  Program program;
  program.add_prologue();
  const std::size_t to_block = program.add_jump(kUnlessEqual, kType, BPF_DEVCG_DEV_CHAR);
  if (program.add_rules(rules.rbegin(), base, 'c')) program.jump_to_verdict(allow_rest);
  program.land(to_block);
  if (program.add_rules(rules.rbegin(), base, 'b')) program.jump_to_verdict(allow_rest);
  return program.finish();
}

}  // namespace berth::plan
