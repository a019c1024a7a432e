// Runs a classic BPF program as the kernel's seccomp does: over one system call, to its answer.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

namespace berth::seccomp {

struct Answer {
  std::uint32_t value = 0;  ///< SECCOMP_RET_* with its data
  std::size_t steps = 0;    ///< instructions until then
};

/// Fails the test where the kernel would not take the program.
inline Answer run(const std::vector<sock_filter>& program, const seccomp_data& call) {
  std::uint32_t a = 0;
  std::size_t steps = 0;
  std::array<std::uint32_t, BPF_MEMWORDS> memory = {};
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& step = program[at];
    ++steps;
    const auto jump = [&](bool holds) { at += holds ? step.jt : step.jf; };
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (step.k % sizeof a != 0 || step.k + sizeof a > sizeof call) FAIL("loads at " << step.k);
        std::memcpy(&a, reinterpret_cast<const char*>(&call) + step.k, sizeof a);
        break;
      case BPF_LD | BPF_MEM:
        a = memory.at(step.k);
        break;
      case BPF_ST:
        memory.at(step.k) = a;
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        a &= step.k;
        break;
      case BPF_JMP | BPF_JA:
        at += step.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        jump(a == step.k);
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        jump(a > step.k);
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        jump(a >= step.k);
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        jump((a & step.k) != 0);
        break;
      case BPF_RET | BPF_K:
        return {step.k, steps};
      default:
        FAIL("instruction " << at << " has the code " << step.code);
    }
  }
  FAIL("the program ends without an answer");
  return {};
}

inline std::uint32_t answer_of(const std::vector<sock_filter>& program, const seccomp_data& call) {
  return run(program, call).value;
}
inline std::size_t steps_of(const std::vector<sock_filter>& program, const seccomp_data& call) {
  return run(program, call).steps;
}

}  // namespace berth::seccomp
