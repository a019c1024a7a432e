#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "runtime/compile/process/labels.h"
#include "runtime/compile/process/policy.h"

namespace berth::plan {
namespace {

spec::Config with_process(spec::Process process) {
  spec::Config config;
  config.process = std::move(process);
  return config;
}

// ---- scheduler ------------------------------------------------------------------------------

spec::Config scheduled(spec::Scheduler scheduler) {
  return with_process({.scheduler = std::move(scheduler)});
}

struct PolicyCase {
  spec::Scheduler asked;
  std::uint32_t number;
};

TEST_CASE("PR-SCH-1: every policy is set by the host with its numbers") {
  const auto [asked, number] = GENERATE(values<PolicyCase>({
      {{.policy = "SCHED_OTHER", .nice = -5}, 0},
      {{.policy = "SCHED_FIFO", .priority = 10}, 1},
      {{.policy = "SCHED_RR", .priority = 99}, 2},
      {{.policy = "SCHED_BATCH", .nice = 19}, 3},
      {{.policy = "SCHED_ISO"}, 4},
      {{.policy = "SCHED_IDLE", .nice = 0}, 5},
      {{.policy = "SCHED_DEADLINE", .runtime = 1024, .deadline = 2048, .period = 4096}, 6},
  }));
  Workbench bench;
  compile_scheduler(scheduled(asked), bench.builder);
  CHECK(bench.lines() ==
        Lines{"host set_scheduler policy='" + asked.policy + "' <- /process/scheduler"});
  const sys::Scheduler& set = bench.plan().scheduler;
  CHECK(set.policy == number);
  CHECK(set.nice == asked.nice.value_or(0));
  CHECK(set.priority == static_cast<std::uint32_t>(asked.priority.value_or(0)));
  CHECK(set.runtime == asked.runtime.value_or(0));
  CHECK(set.deadline == asked.deadline.value_or(0));
  CHECK(set.period == asked.period.value_or(0));
  CHECK(bench.problems.empty());
}

TEST_CASE("PR-SCH-2: the seven flags are bits, and numbers that are not set are 0") {
  const spec::Strings all = {"SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM",
                             "SCHED_FLAG_DL_OVERRUN",    "SCHED_FLAG_KEEP_POLICY",
                             "SCHED_FLAG_KEEP_PARAMS",   "SCHED_FLAG_UTIL_CLAMP_MIN",
                             "SCHED_FLAG_UTIL_CLAMP_MAX"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    Workbench bench;
    compile_scheduler(scheduled({.policy = "SCHED_OTHER", .flags = {all[i]}}), bench.builder);
    CHECK(bench.plan().scheduler.flags == std::uint64_t{1} << i);
  }
  Workbench bench;
  compile_scheduler(scheduled({.policy = "SCHED_OTHER", .flags = all}), bench.builder);
  CHECK(bench.plan().scheduler.flags == 0x7f);
  CHECK(bench.plan().scheduler.nice == 0);
}

struct SchedulerFault {
  spec::Scheduler asked;
  std::string member;
};

TEST_CASE("PR-SCH-2: what a policy would not read, or cannot do without, is refused") {
  const auto [asked, member] = GENERATE(values<SchedulerFault>({
      {{.policy = "SCHED_FIFO", .nice = 1, .priority = 1}, "nice"},
      {{.policy = "SCHED_IDLE", .nice = 1}, "nice"},
      {{.policy = "SCHED_OTHER", .priority = 1}, "priority"},
      {{.policy = "SCHED_RR"}, "priority"},
      {{.policy = "SCHED_BATCH", .runtime = 5000}, "runtime"},
      {{.policy = "SCHED_FIFO", .priority = 1, .deadline = 1}, "deadline"},
      {{.policy = "SCHED_OTHER", .period = 1}, "period"},
      {{.policy = "SCHED_DEADLINE", .deadline = 5000}, "runtime"},
      {{.policy = "SCHED_DEADLINE", .runtime = 1023, .deadline = 5000}, "runtime"},
      {{.policy = "SCHED_DEADLINE", .runtime = 5000}, "deadline"},
      {{.policy = "SCHED_DEADLINE", .runtime = 2000, .deadline = 5000, .period = 4999}, "period"},
  }));
  Workbench bench;
  compile_scheduler(scheduled(asked), bench.builder);
  CHECK(bench.pointers() == Lines{"/process/scheduler/" + member});
}

TEST_CASE("PR-SCH-1: nothing is set when nothing is asked for") {
  Workbench bench;
  compile_scheduler(with_process({}), bench.builder);
  compile_scheduler({}, bench.builder);
  compile_policies(with_process({}), bench.builder);
  compile_policies({}, bench.builder);
  CHECK(bench.lines().empty());
}

// ---- io priority, personality ---------------------------------------------------------------

struct IoClass {
  std::string word;
  std::uint64_t number;
};

TEST_CASE("PR-IO-1: class and level of the io priority") {
  const auto [word, number] = GENERATE(
      values<IoClass>({{"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3}}));
  Workbench bench;
  compile_policies(with_process({.io_priority = spec::IoPriority{word, 5}}), bench.builder);
  CHECK(bench.lines() == Lines{"child set_io_priority class='" + word + "' class_number=" +
                               std::to_string(number) + " level=5 <- /process/ioPriority"});
  CHECK(bench.the<SetIoPriority>().class_number == number);
  CHECK(bench.the<SetIoPriority>().level == 5);
}

TEST_CASE("PE-1: the two execution domains") {
  spec::Config config;
  config.linux.personality = spec::Personality{.domain = "LINUX32"};
  Workbench bench;
  compile_policies(config, bench.builder);
  CHECK(bench.lines() ==
        Lines{"child set_personality domain='LINUX32' number=8 <- /linux/personality"});
  CHECK(bench.the<SetPersonality>().number == 8);
  Workbench other;
  config.linux.personality->domain = "LINUX";
  compile_policies(config, other.builder);
  CHECK(other.the<SetPersonality>().number == 0);
}

// ---- memory policy --------------------------------------------------------------------------

spec::Config with_memory(spec::MemoryPolicy policy) {
  spec::Config config;
  config.linux.memory_policy = std::move(policy);
  return config;
}

struct Mode {
  std::string word;
  std::uint64_t number;
};

TEST_CASE("MP-1: every mode has its number") {
  const auto [word, number] = GENERATE(values<Mode>({{"MPOL_DEFAULT", 0},
                                                     {"MPOL_PREFERRED", 1},
                                                     {"MPOL_BIND", 2},
                                                     {"MPOL_INTERLEAVE", 3},
                                                     {"MPOL_LOCAL", 4},
                                                     {"MPOL_PREFERRED_MANY", 5},
                                                     {"MPOL_WEIGHTED_INTERLEAVE", 6}}));
  Workbench bench;
  compile_policies(with_memory({.mode = word}), bench.builder);
  CHECK(bench.lines() == Lines{"child set_memory_policy mode='" + word + "'" +
                               (number == 0 ? "" : " mode_and_flags=" + std::to_string(number)) +
                               " <- /linux/memoryPolicy"});
  CHECK(bench.the<SetMemoryPolicy>().mode_and_flags == number);
  CHECK(bench.the<SetMemoryPolicy>().mask.count == 0);
}

TEST_CASE("MP-1: the flags are bits of the mode") {
  Workbench bench;
  compile_policies(with_memory({.mode = "MPOL_BIND",
                                .nodes = "0",
                                .flags = {"MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES",
                                          "MPOL_F_NUMA_BALANCING"}}),
                   bench.builder);
  CHECK(bench.the<SetMemoryPolicy>().mode_and_flags == (2 | 1 << 15 | 1 << 14 | 1 << 13));
}

struct Nodes {
  std::string text;
  std::vector<std::uint32_t> mask;
};

TEST_CASE("MP-1: the list of nodes becomes a mask") {
  const auto [text, mask] = GENERATE(values<Nodes>({{"0", {1}},
                                                    {"0-3,6", {0x4f}},
                                                    {" 0 , 2 ", {5}},
                                                    {"31-32", {0x80000000, 1}},
                                                    {"64", {0, 0, 1}}}));
  Workbench bench;
  compile_policies(with_memory({.mode = "MPOL_BIND", .nodes = text}), bench.builder);
  const NumberList list = bench.the<SetMemoryPolicy>().mask;
  CHECK(list.offset % sizeof mask[0] == 0);
  CHECK(bench.numbers(list) == mask);
  CHECK(bench.problems.empty());
}

TEST_CASE("MP-1: a text that is not a list of nodes is refused") {
  const std::string text =
      GENERATE(as<std::string>{}, "-", "1-", "-1", "2-1", "1,,2", "1-2-3", "1024", "0-99999999999");
  Workbench bench;
  compile_policies(with_memory({.mode = "MPOL_BIND", .nodes = text}), bench.builder);
  CHECK(bench.pointers() == Lines{"/linux/memoryPolicy/nodes"});
}

// ---- labels ---------------------------------------------------------------------------------

TEST_CASE("PR-AA-1: the profile takes effect with exec") {
  Workbench bench;
  bench.host.has_apparmor = true;
  compile_labels(with_process({.apparmor_profile = "web one"}), bench.builder);
  CHECK(bench.lines() == Lines{"child set_label file='attr/apparmor/exec' label='exec web one' <- "
                               "/process/apparmorProfile"});
}

TEST_CASE("PR-AA-1: without AppArmor a profile is refused, and unconfined is what there is") {
  Workbench bench;
  compile_labels(with_process({.apparmor_profile = "web"}), bench.builder);
  CHECK(bench.pointers() == Lines{"?/process/apparmorProfile"});
  const std::string message = bench.problems.list().at(0).message;
  CHECK(message.find("`/proc/self/attr/apparmor/exec`") != message.npos);
  Workbench other;
  compile_labels(with_process({.apparmor_profile = "unconfined"}), other.builder);
  CHECK(other.problems.empty());
  CHECK(other.lines().empty());
}

TEST_CASE("PR-SE-1: the label is the program's, and that of the keys that are made for it") {
  Workbench bench;
  bench.host.has_selinux = true;
  const spec::Config config = with_process({.selinux_label = "u:r:t:s0"});
  compile_session(config, kNoSlot, bench.builder);
  compile_labels(config, bench.builder);
  CHECK(bench.lines() ==
        Lines{"child new_session", "child open_proc <- /process/selinuxLabel",
              "child set_label file='attr/keycreate' label='u:r:t:s0' <- /process/selinuxLabel",
              "child close_proc <- /process/selinuxLabel", "child new_keyring",
              "child set_label file='attr/exec' label='u:r:t:s0' <- /process/selinuxLabel"});
}

TEST_CASE("PR-SE-1: a kernel without SELinux has no label") {
  Workbench bench;
  compile_labels(with_process({.selinux_label = "u:r:t:s0"}), bench.builder);
  CHECK(bench.pointers() == Lines{"?/process/selinuxLabel"});
}

TEST_CASE(
    "PR-AA-1, PR-SE-1: a label without text asks for nothing, one with a line break is none "
    "(SR-43)") {
  Workbench bench;
  compile_labels(with_process({.apparmor_profile = "", .selinux_label = ""}), bench.builder);
  CHECK(bench.problems.empty());
  CHECK(bench.lines().empty());
  bench.host.has_apparmor = bench.host.has_selinux = true;
  compile_labels(with_process({.apparmor_profile = "a\nb", .selinux_label = "c\nd"}),
                 bench.builder);
  CHECK(bench.pointers() == Lines{"/process/apparmorProfile", "/process/selinuxLabel"});
}

}  // namespace
}  // namespace berth::plan
