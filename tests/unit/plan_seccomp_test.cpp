// What becomes of linux.seccomp in the Plan: order, flags, agent, and what a host cannot do.
#include <linux/capability.h>
#include <linux/seccomp.h>

#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/order.h"
#include "runtime/compile/seccomp/seccomp.h"
#include "runtime/plan/seccomp.h"
#include "spec/config/default_config.h"

namespace berth::plan {
namespace {

spec::Config with_seccomp(spec::Seccomp seccomp, bool no_new_privileges = true) {
  spec::Config config = spec::default_config();
  config.process->terminal = false;
  config.mounts.clear();  // the machine of these tests has no cgroups
  config.linux.resources.reset();
  config.process->no_new_privileges = no_new_privileges;
  config.linux.seccomp = std::move(seccomp);
  return config;
}

spec::Seccomp simple() {
  spec::Seccomp seccomp;
  seccomp.default_action = "SCMP_ACT_ERRNO";
  seccomp.syscalls = {{.names = {"read", "execve"}, .action = "SCMP_ACT_ALLOW"}};
  return seccomp;
}

spec::Seccomp notifying() {
  spec::Seccomp seccomp = simple();
  seccomp.syscalls[0].action = "SCMP_ACT_NOTIFY";
  seccomp.listener_path = "/run/agent.sock";
  return seccomp;
}

Lines pointers_of(const spec::Seccomp& seccomp, const Host& host) {
  Workbench bench;
  bench.host = host;
  const spec::Config config = with_seccomp(seccomp);
  const Slot filter = compile_seccomp_filter(config, bench.builder);
  compile_seccomp(config, filter, {}, SeccompTime::Last, bench.builder);
  return bench.pointers();
}

Lines pointers_of(const spec::Seccomp& seccomp) { return pointers_of(seccomp, mighty_host()); }

Lines child_steps(const spec::Config& config) {
  Workbench bench;
  const Plan plan = compile(config, bench.request, bench.host, bench.problems);
  CHECK(bench.pointers() == Lines{});
  Lines lines;
  for (const Step& step : plan.steps) {
    if (step.side == Side::Child) lines.push_back(op_name(step));
  }
  return lines;
}

// ---- when it is loaded ----------------------------------------------------------------------

/// At least one.
std::span<const SyscallRule> rules_of(Workbench& bench, std::string_view call) {
  const SyscallRules* found = bench.plan().seccomp->find(call);
  REQUIRE(found != nullptr);
  return bench.plan().seccomp->rules_of(*found);
}

TEST_CASE("SC-*: only execve comes after the filter, with no_new_privs and without") {
  const Lines steps = child_steps(with_seccomp(simple(), GENERATE(false, true)));
  REQUIRE(steps.size() > 2);
  CHECK(Lines(steps.end() - 2, steps.end()) == Lines{"load_seccomp", "execute"});
  CHECK(std::count(steps.begin(), steps.end(), "load_seccomp") == 1);
}

TEST_CASE(
    "SC-*: a host without CAP_SYS_ADMIN keeps none for the filter, and the kernel refuses it") {
  const spec::Config config = with_seccomp(simple(), false);
  Host host = mighty_host();
  CHECK(kept_for_seccomp(config, host) == std::uint64_t{1} << CAP_SYS_ADMIN);
  host.bounding_set = 0;
  CHECK(kept_for_seccomp(config, host) == 0);
  CHECK(kept_for_seccomp(with_seccomp(simple(), true), mighty_host()) == 0);
}

TEST_CASE("SC-*: without a process there is nothing to filter") {
  spec::Config config = with_seccomp(simple());
  config.process.reset();
  Workbench bench;
  CHECK(compile_seccomp_filter(config, bench.builder) == kNoSlot);
  CHECK(bench.lines().empty());
}

TEST_CASE("SC-1: a filter that never lets execve pass is refused, and no other is") {
  const auto [action, is_refused] =
      GENERATE(table<std::string, bool>({{"SCMP_ACT_ERRNO", true},
                                         {"SCMP_ACT_KILL", true},
                                         {"SCMP_ACT_KILL_PROCESS", true},
                                         {"SCMP_ACT_TRAP", true},
                                         {"SCMP_ACT_TRACE", false},
                                         {"SCMP_ACT_LOG", false},
                                         {"SCMP_ACT_ALLOW", false}}));
  CAPTURE(action);
  const Lines expected = is_refused ? Lines{"/linux/seccomp"} : Lines{};
  spec::Seccomp by_rule;
  by_rule.default_action = "SCMP_ACT_ALLOW";
  by_rule.syscalls = {{.names = {"execve"}, .action = action}};
  CHECK(pointers_of(by_rule) == expected);
  spec::Seccomp by_default;
  by_default.default_action = action;
  CHECK(pointers_of(by_default) == expected);
  // Which arguments execve is going to have is the kernel's business.
  by_rule.syscalls[0].args = {{.index = 0, .value = 1, .op = "SCMP_CMP_EQ"}};
  CHECK(pointers_of(by_rule) == Lines{});
}

// ---- flags ----------------------------------------------------------------------------------

std::uint64_t flags_of(spec::Seccomp seccomp, spec::Strings flags) {
  seccomp.flags = std::move(flags);
  const spec::Config config = with_seccomp(seccomp);
  Workbench bench;
  compile_seccomp(config, compile_seccomp_filter(config, bench.builder), {}, SeccompTime::Last,
                  bench.builder);
  CHECK(bench.problems.empty());
  return bench.the<LoadSeccomp>().flags.bits;
}

TEST_CASE("SC-3: the flags of the config, and no other") {
  CHECK(flags_of(simple(), {}) == 0);
  CHECK(flags_of(simple(), {"SECCOMP_FILTER_FLAG_LOG"}) == SECCOMP_FILTER_FLAG_LOG);
  CHECK(flags_of(simple(), {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"}) ==
        (SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW));
}

TEST_CASE("SC-5: SCMP_ACT_NOTIFY asks for a listener") {
  CHECK(flags_of(notifying(), {}) == SECCOMP_FILTER_FLAG_NEW_LISTENER);
  CHECK(flags_of(notifying(), {"SECCOMP_FILTER_FLAG_TSYNC"}) ==
        (SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC |
         SECCOMP_FILTER_FLAG_TSYNC_ESRCH));
  CHECK(flags_of(notifying(), {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"}) ==
        (SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV));
}

TEST_CASE("SC-3: a flag about listeners needs one") {
  spec::Seccomp seccomp = simple();
  seccomp.flags = {"SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
  CHECK(pointers_of(seccomp) == Lines{"/linux/seccomp/flags/1"});
}

// ---- the agent ------------------------------------------------------------------------------

TEST_CASE("SC-5: the agent is found by a path of the host") {
  const auto [given, path] = GENERATE(table<std::string, std::string>(
      {{"/run/agent.sock", "/run/agent.sock"}, {"agent.sock", "/b/agent.sock"}}));
  spec::Seccomp seccomp = notifying();
  seccomp.listener_path = given;
  seccomp.listener_metadata = "rules=web";
  Workbench bench;
  compile_seccomp_filter(with_seccomp(seccomp), bench.builder);
  REQUIRE(bench.plan().seccomp_agent);
  CHECK(bench.plan().seccomp_agent->path == path);
  CHECK(bench.plan().seccomp_agent->metadata == "rules=web");
}

TEST_CASE("SC-5: without SCMP_ACT_NOTIFY listenerPath does not matter") {
  spec::Seccomp seccomp = simple();
  seccomp.listener_path = "/run/agent.sock";
  Workbench bench;
  compile_seccomp_filter(with_seccomp(seccomp), bench.builder);
  CHECK_FALSE(bench.plan().seccomp_agent);
  CHECK(bench.problems.empty());
}

TEST_CASE("SC-5: SCMP_ACT_NOTIFY needs listenerPath, by a rule or as default") {
  spec::Seccomp seccomp = notifying();
  seccomp.listener_path.clear();
  CHECK(pointers_of(seccomp) == Lines{"/linux/seccomp/listenerPath"});
  seccomp = simple();
  seccomp.default_action = "SCMP_ACT_NOTIFY";
  CHECK(pointers_of(seccomp) == Lines{"/linux/seccomp/listenerPath"});
}

// ---- what this host cannot do ---------------------------------------------------------------

TEST_CASE("SC-3: a kernel without filters refuses the whole of it") {
  Host host = mighty_host();
  host.seccomp = {};
  CHECK(pointers_of(simple(), host) == Lines{"?/linux/seccomp"});
}

TEST_CASE("SC-3: what the kernel lacks is refused by its pointer") {
  Host host = mighty_host();
  host.seccomp = {.actions = {SECCOMP_RET_ALLOW}, .flags = SECCOMP_FILTER_FLAG_TSYNC};
  spec::Seccomp seccomp = simple();
  seccomp.syscalls.push_back({.names = {"write"}, .action = "SCMP_ACT_LOG"});
  seccomp.flags = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG"};
  CHECK(pointers_of(seccomp, host) == Lines{"?/linux/seccomp/defaultAction",
                                            "?/linux/seccomp/syscalls/1/action",
                                            "?/linux/seccomp/flags/1"});
}

TEST_CASE("SC-3: architectures that libseccomp lacks, or of the other byte order, are refused") {
  spec::Seccomp seccomp = simple();
  seccomp.architectures = {"SCMP_ARCH_X86", "SCMP_ARCH_SHEB", "SCMP_ARCH_S390X"};
  CHECK(pointers_of(seccomp) ==
        Lines{"?/linux/seccomp/architectures/1", "?/linux/seccomp/architectures/2"});
}

// ---- rules ----------------------------------------------------------------------------------

spec::SeccompRule rule(const char* action, std::vector<spec::SeccompArg> args = {}) {
  return {.names = {"ioctl"}, .action = action, .args = std::move(args)};
}

TEST_CASE(
    "SC-3: the rules of a call are asked from the strictest on, up to one that always holds") {
  const std::vector<spec::SeccompArg> condition = {{.index = 1, .value = 5, .op = "SCMP_CMP_GT"}};
  spec::Seccomp seccomp = simple();
  seccomp.syscalls = {rule("SCMP_ACT_ALLOW"),
                      rule("SCMP_ACT_LOG", condition),
                      rule("SCMP_ACT_ERRNO"),
                      rule("SCMP_ACT_KILL", condition),
                      rule("SCMP_ACT_KILL_PROCESS", condition),
                      rule("SCMP_ACT_TRAP", condition)};
  Workbench bench;
  compile_seccomp_filter(with_seccomp(seccomp), bench.builder);
  std::vector<std::size_t> order;
  for (const SyscallRule& one : rules_of(bench, "ioctl")) order.push_back(one.index);
  CHECK(order == std::vector<std::size_t>{4, 3, 5, 2});
  CHECK(bench.plan().warnings == Lines{"/linux/seccomp/syscalls/1: never decides about 'ioctl': "
                                       "/linux/seccomp/syscalls/2 is stricter",
                                       "/linux/seccomp/syscalls/0: never decides about 'ioctl': "
                                       "/linux/seccomp/syscalls/2 is stricter"});
}

TEST_CASE("SC-3: of rules that are as strict the first decides") {
  spec::Seccomp seccomp = simple();
  seccomp.syscalls = {rule("SCMP_ACT_ERRNO"), rule("SCMP_ACT_ERRNO"), rule("SCMP_ACT_ERRNO")};
  seccomp.syscalls[1].errno_ret = 5;
  Workbench bench;
  compile_seccomp_filter(with_seccomp(seccomp), bench.builder);
  const auto rules = rules_of(bench, "ioctl");
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].index == 0);
  CHECK(bench.plan().warnings == Lines{"/linux/seccomp/syscalls/1: never decides about 'ioctl': "
                                       "/linux/seccomp/syscalls/0 comes first"});
}

TEST_CASE("SC-3: conditions are those of the config") {
  spec::Seccomp seccomp = simple();
  seccomp.syscalls = {rule("SCMP_ACT_ALLOW", {{2, 6, 4, "SCMP_CMP_MASKED_EQ"}})};
  Workbench bench;
  compile_seccomp_filter(with_seccomp(seccomp), bench.builder);
  const SyscallCondition condition = rules_of(bench, "ioctl").front().conditions.at(0);
  CHECK(condition.argument == 2);
  CHECK(condition.comparison == Comparison::MaskedEq);
  CHECK(condition.value == 6);
  CHECK(condition.datum == 4);
}

}  // namespace
}  // namespace berth::plan
