// The device program for cgroup v2, run by a small interpreter.
#include <linux/bpf.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "runtime/compile/cgroup/device_program.h"
#include "tests/unit/device_rules.h"

namespace berth::plan {
namespace {

std::vector<bpf_insn> program_of(const Rules& rules) {
  Problems problems;
  auto program = compile_device_program(compile_device_rules(rules, problems), problems);
  CHECK(problems.empty());
  return program;
}

struct DeviceAccess {
  char type;
  std::uint32_t major, minor, access;
};

std::uint64_t word_of(const DeviceAccess& request, int offset) {
  if (offset == 4) return request.major;
  if (offset == 8) return request.minor;
  return (request.access << 16) | (request.type == 'c' ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK);
}

/// Nothing when the program does what the kernel's verifier would not allow.
std::optional<std::uint64_t> run(const std::vector<bpf_insn>& program,
                                 const DeviceAccess& request) {
  std::array<std::uint64_t, 11> r = {};
  for (std::size_t at = 0; at < program.size(); ++at) {
    const bpf_insn& one = program[at];
    std::uint64_t& to = r[one.dst_reg];
    const auto number = static_cast<std::uint64_t>(static_cast<std::int64_t>(one.imm));
    const auto jump_if = [&](bool taken) {
      if (taken) at += static_cast<std::size_t>(one.off);
    };
    switch (one.code) {
      case BPF_LDX | BPF_MEM | BPF_W:
        to = word_of(request, one.off);
        break;
      case BPF_ALU64 | BPF_MOV | BPF_K:
        to = number;
        break;
      case BPF_ALU64 | BPF_MOV | BPF_X:
        to = r[one.src_reg];
        break;
      case BPF_ALU64 | BPF_AND | BPF_K:
        to &= number;
        break;
      case BPF_ALU64 | BPF_OR | BPF_X:
        to |= r[one.src_reg];
        break;
      case BPF_ALU64 | BPF_LSH | BPF_K:
        to <<= number;
        break;
      case BPF_ALU64 | BPF_RSH | BPF_K:
        to >>= number;
        break;
      case BPF_JMP32 | BPF_JNE | BPF_K:
        jump_if(static_cast<std::uint32_t>(to) != static_cast<std::uint32_t>(number));
        break;
      case BPF_JMP32 | BPF_JEQ | BPF_K:
        jump_if(static_cast<std::uint32_t>(to) == static_cast<std::uint32_t>(number));
        break;
      case BPF_JMP | BPF_JA:
        jump_if(true);
        break;
      case BPF_JMP | BPF_EXIT:
        return r[0];
      default:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

std::uint64_t verdict(const Rules& rules, const DeviceAccess& request) {
  const auto result = run(program_of(rules), request);
  REQUIRE(result.has_value());
  return *result;
}

TEST_CASE("DV-16: the v2 program decides as the rules say") {
  const Rules rules = {kDenyAll,
                       {.allow = true, .type = "c", .major = 10, .access = "rwm"},
                       rule(false, "c", 10, 229, "w"),
                       rule(true, "b", 8, 0, "r"),
                       rule(true, "b", 8, 0, "w")};
  const auto [request, allowed] = GENERATE(table<DeviceAccess, std::uint64_t>({
      {{'c', 1, 3, kMayAll}, 1},
      {{'b', 1, 3, kMayRead}, 0},
      {{'c', 1, 4, kMayRead}, 0},
      {{'c', 136, 77, kMayRead | kMayWrite}, 1},
      {{'c', 200, 1, kMayMknod}, 1},
      {{'b', 200, 1, kMayMknod}, 1},
      {{'c', 200, 1, kMayMknod | kMayRead}, 0},
      {{'c', 10, 1, kMayAll}, 1},
      {{'c', 10, 229, kMayRead}, 1},
      {{'c', 10, 229, kMayWrite}, 0},
      {{'c', 10, 229, kMayRead | kMayWrite}, 0},
      {{'b', 8, 0, kMayRead | kMayWrite}, 1},
      {{'b', 8, 1, kMayRead}, 0},
  }));
  CAPTURE(request.type, request.major, request.minor, request.access);
  CHECK(verdict(rules, request) == allowed);
}

TEST_CASE("DV-16: with everything allowed only what is denied later is") {
  const Rules rules = {kAllowAll, rule(false, "c", 10, 229, "rw")};
  CHECK(verdict(rules, {'c', 10, 229, kMayRead}) == 0);
  CHECK(verdict(rules, {'c', 10, 228, kMayAll}) == 1);
  CHECK(verdict(rules, {'b', 8, 0, kMayAll}) == 1);
}

TEST_CASE("DV-16: no program where nothing is denied") {
  CHECK(program_of({kDenyAll, kAllowAll}).empty());
  CHECK(!program_of({}).empty());
}

/// What the rules say, bit by bit: the last one that matches the device and has the bit decides.
std::uint64_t expected(const std::vector<AccessRule>& rules, const DeviceAccess& request) {
  for (const std::uint32_t bit : {kMayMknod, kMayRead, kMayWrite}) {
    if ((request.access & bit) == 0) continue;
    const auto matches = [&](const AccessRule& rule) {
      const auto is = [](std::int32_t ruled, std::uint32_t number) {
        return ruled == AccessRule::kAny || static_cast<std::uint32_t>(ruled) == number;
      };
      return (rule.type == 'a' || rule.type == request.type) && is(rule.major, request.major) &&
             is(rule.minor, request.minor) && (rule.access & bit) != 0;
    };
    const auto last = std::find_if(rules.rbegin(), rules.rend(), matches);
    if (last == rules.rend() || !last->allow) return 0;
  }
  return 1;
}

AccessRule random_rule(std::mt19937& random) {
  const auto pick = [&](auto... values) {
    const std::array all = {values...};
    return all.at(random() % all.size());
  };
  AccessRule rule{.allow = random() % 2 == 0, .type = pick('c', 'b', 'c', 'b', 'a')};
  if (rule.type == 'a') return rule;
  rule.major = pick(AccessRule::kAny, 1, 2, 4095, 4096);
  rule.minor = pick(AccessRule::kAny, 0, 1, 1048575, 1048576);
  rule.access = pick(7U, 7U, 7U, 1U, 2U, 4U, 6U);
  return rule;
}

std::vector<AccessRule> random_rules(std::mt19937& random) {
  std::vector<AccessRule> rules = {{}};  // deny everything, as the compiler begins
  for (auto count = random() % 6; count > 0; --count) rules.push_back(random_rule(random));
  return rules;
}

void check_decisions(const std::vector<bpf_insn>& program, const std::vector<AccessRule>& rules) {
  for (const char type : {'c', 'b'}) {
    for (const std::uint32_t major : {0U, 1U, 2U, 4095U}) {
      for (const std::uint32_t minor : {0U, 1U, 1048575U}) {
        for (const std::uint32_t access : {1U, 2U, 4U, 6U, 7U}) {
          const DeviceAccess request{type, major, minor, access};
          CAPTURE(type, major, minor, access);
          REQUIRE(run(program, request) == expected(rules, request));
        }
      }
    }
  }
}

/// The kernel refuses a program with code that nothing reaches. All jumps lead forwards.
void check_reached(const std::vector<bpf_insn>& program) {
  std::vector<bool> is_reached(program.size());
  is_reached.at(0) = true;
  for (std::size_t at = 0; at < program.size(); ++at) {
    CAPTURE(at);
    REQUIRE(is_reached[at]);
    const bpf_insn& one = program[at];
    const bool is_jump = one.code == (BPF_JMP | BPF_JA);
    if (is_jump || BPF_CLASS(one.code) == BPF_JMP32) {
      is_reached.at(at + 1 + static_cast<std::size_t>(one.off)) = true;
    }
    if (!is_jump && one.code != (BPF_JMP | BPF_EXIT)) is_reached.at(at + 1) = true;
  }
}

TEST_CASE("DV-16: the v2 program of any rules decides as they say, and has no idle code") {
  constexpr int kPrograms = 2000;
  std::mt19937 random(16);
  int programs = 0;
  for (int i = 0; i < kPrograms; ++i) {
    const std::vector<AccessRule> rules = random_rules(random);
    Problems problems;
    const std::vector<bpf_insn> program = compile_device_program(rules, problems);
    CAPTURE(i);
    if (program.empty()) continue;
    ++programs;
    check_decisions(program, rules);
    check_reached(program);
  }
  CHECK(programs > kPrograms / 2);
}

TEST_CASE("DV-16: more rules than the kernel verifies are a problem") {
  std::vector<AccessRule> rules(4096, {.allow = true, .type = 'c', .major = 7, .minor = 0});
  Problems problems;
  CHECK(!compile_device_program(rules, problems).empty());
  CHECK(problems.empty());
  rules.push_back(rules.back());
  CHECK(compile_device_program(rules, problems).empty());
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list().front().pointer == "/linux/resources/devices");
  CHECK(problems.list().front().message.find("4097") != std::string::npos);
}

}  // namespace
}  // namespace berth::plan
