// The Plans of exec: their order, what they join, and when they give up privilege.
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "full_plan.h"
#include "runtime/compile/exec.h"
#include "runtime/compile/exec_config.h"
#include "runtime/compile/process/limits.h"
#include "runtime/compile/process/policy.h"
#include "spec/config/config.h"
#include "spec/json/json.h"

namespace berth::plan {
namespace {

constexpr std::uint64_t kDocker =
    CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

ExecRequest request_for(std::uint64_t namespaces) {
  ExecRequest request;
  request.id = "web1";
  request.bundle = "/b";
  request.relay_terminal = request.start_at_once = true;
  request.pid = 42;
  request.start_time = 1000;
  request.inode = 7;
  request.namespaces = namespaces;
  request.cgroups = {{.path = "/cg/pids/web1", .is_unified = false},
                     {.path = "/cg/unified/web1", .is_unified = true}};
  return request;
}

/// What create keeps of a config like Docker's.
spec::Config kept_config() {
  spec::Config config = spec::default_config();
  config.process->terminal = false;
  config.process->no_new_privileges = false;
  config.process->oom_score_adj = 100;
  config.linux.seccomp.emplace().default_action = "SCMP_ACT_ALLOW";
  return exec_config_of(config);
}

Compiled compiled_exec(const spec::Config& config, const ExecRequest& request) {
  Compiled result;
  result.plan = compile_exec(spec::Config(config), request, mighty_host(), result.problems);
  return result;
}

Lines lines_of(const Compiled& result) {
  Lines lines;
  for (const Step& step : result.plan.steps) lines.push_back(line_of(result.plan, step));
  return lines;
}

template <class T>
std::size_t place_in(const Plan& plan) {
  const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                  [](const Step& step) { return step.is<T>(); });
  REQUIRE(found != plan.steps.end());
  return static_cast<std::size_t>(found - plan.steps.begin());
}

template <class T>
bool has(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const Step& step) { return step.is<T>(); });
}

TEST_CASE("the phases of an exec, in their order") {
  const Compiled result = compiled_exec(kept_config(), request_for(kDocker));
  REQUIRE(result.problems.empty());
  CHECK(phases_of(result.plan) == Lines{"host open_process",
                                        "host open_kept_filter",
                                        "host find_cgroup",
                                        "host start_init",
                                        "child set_own_oom_score_adj",
                                        "child enter_cgroup",
                                        "child join_container",
                                        "child new_session",
                                        "child new_keyring",
                                        "child replace_null",
                                        "child set_affinity",
                                        "child close_descriptors",
                                        "child change_directory",
                                        "child set_bounding_set",
                                        "child set_groups",
                                        "child set_ids",
                                        "child set_capabilities",
                                        "child set_ambient",
                                        "child change_directory",
                                        "child set_umask",
                                        "child find_program",
                                        "child outlive_berth",
                                        "child wait_for_start",
                                        "child allow_cores",
                                        "child set_rlimit",
                                        "child set_capabilities",
                                        "child load_seccomp",
                                        "child set_capabilities",
                                        "child fork",
                                        "child execute"});
}

TEST_CASE("exec joins all namespaces by one handle, and is born in the v2 cgroup") {
  const Compiled result = compiled_exec(kept_config(), request_for(kDocker));
  const auto& join = result.plan.steps[place_in<JoinContainer>(result.plan)].as<JoinContainer>();
  CHECK(join.namespaces.flags == kDocker);
  CHECK(join.process == Slot{0});
  const auto& start = result.plan.steps[place_in<StartInit>(result.plan)].as<StartInit>();
  CHECK(std::string(result.plan.text_at(start.cgroup)) == "/cg/unified/web1");
  CHECK_FALSE(has<Clone>(result.plan));
  const auto& entry = result.plan.steps[place_in<EnterCgroup>(result.plan)].as<EnterCgroup>();
  CHECK(entry.cgroup == Slot{2});
  CHECK_FALSE(entry.is_unified);
}

TEST_CASE("no process of the container sees exec's before it has the program's privilege (SR-4)") {
  spec::Config config = kept_config();
  SECTION("without no_new_privs the filter is loaded before the fork") {
    const Compiled result = compiled_exec(config, request_for(kDocker));
    CHECK(place_in<LoadSeccomp>(result.plan) < place_in<Fork>(result.plan));
  }
  SECTION("with it, loading takes no privilege and comes last") {
    config.process->no_new_privileges = true;
    const Compiled result = compiled_exec(config, request_for(kDocker));
    CHECK(place_in<LoadSeccomp>(result.plan) > place_in<Fork>(result.plan));
  }
  SECTION("in the host's pid namespace there is no fork, so init reports that it is ready") {
    const Compiled result = compiled_exec(config, request_for(kDocker & ~CLONE_NEWPID));
    CHECK_FALSE(has<Fork>(result.plan));
    CHECK(has<Synchronize>(result.plan));
    CHECK_FALSE(has<OutliveBerth>(result.plan));
  }
}

TEST_CASE("a user namespace: groups go before the join, root is taken after it") {
  const Compiled result = compiled_exec(kept_config(), request_for(kDocker | CLONE_NEWUSER));
  CHECK(place_in<SetGroups>(result.plan) < place_in<JoinContainer>(result.plan));
  CHECK(place_in<BecomeNamespaceRoot>(result.plan) == place_in<JoinContainer>(result.plan) + 1);
}

TEST_CASE("run.oci.keep_original_groups: no step of exec takes the caller's groups away") {
  spec::Config config = kept_config();
  config.annotations = {{"run.oci.keep_original_groups", "1"}};
  const Compiled result = compiled_exec(config, request_for(kDocker | CLONE_NEWUSER));
  CHECK_FALSE(has<SetGroups>(result.plan));
  const Step& root = result.plan.steps[place_in<BecomeNamespaceRoot>(result.plan)];
  CHECK(root.as<BecomeNamespaceRoot>().keeps_groups);
}

TEST_CASE("a container that was chrooted: exec enters the root of its first process") {
  ExecRequest request = request_for(kDocker);
  request.is_chrooted = true;
  const Compiled result = compiled_exec(kept_config(), request);
  const Lines lines = lines_of(result);
  CHECK(std::ranges::count(lines, "host open_directory path='/proc/42/root' to=1") == 1);
  const std::size_t join = place_in<JoinContainer>(result.plan);
  CHECK(result.plan.steps[join + 1].is<UseRoot>());
  CHECK(result.plan.steps[join + 2].as<EnterRoot>().entry == Entry::Chroot);
}

TEST_CASE("PR-AFF-1 PR-AFF-2: execCPUAffinity is set before and after the cgroups") {
  spec::Config config = kept_config();
  const auto affinities = [&](std::optional<std::string> initial, std::optional<std::string> last) {
    config.process->exec_cpu_affinity = {.initial = std::move(initial),
                                         .final_set = std::move(last)};
    const Compiled result = compiled_exec(config, request_for(kDocker));
    REQUIRE(result.problems.empty());
    Lines lines;
    for (const Step& step : result.plan.steps) {
      const bool is_one = step.is<PinToProcessors>() || step.is<SetAffinity>() ||
                          step.is<PinBerth>() || step.is<StartInit>();
      if (is_one) lines.push_back(line_of(result.plan, step));
    }
    return lines;
  };
  const Lines both = affinities("0-1", "33");
  REQUIRE(both.size() == 3);
  CHECK(both[0] ==
        "host pin_berth processors='0-1' mask=[3] <- "
        "/process/execCPUAffinity/initial");
  CHECK(both[2] ==
        "child pin_to_processors processors='33' mask=[0, 2] <- "
        "/process/execCPUAffinity/final");
  CHECK(affinities("0", std::nullopt).size() == 2);  // the kernel decides after the move
  config.process->exec_cpu_affinity.reset();
  CHECK(has<SetAffinity>(compiled_exec(config, request_for(kDocker)).plan));
}

TEST_CASE("PR-AFF-1: a list with a processor that no kernel has is refused") {
  spec::Config config = kept_config();
  config.process->exec_cpu_affinity = {.initial = "8192", .final_set = {}};
  const Compiled result = compiled_exec(config, request_for(kDocker));
  REQUIRE(result.problems.list().size() == 1);
  CHECK(result.problems.list()[0].pointer == "/process/execCPUAffinity/initial");
}

TEST_CASE("a caller without privilege sets the limits while init lets it") {
  Host host = mighty_host();
  host.is_privileged = false;
  Problems problems;
  const Plan plan =
      compile_exec(kept_config(), request_for(kDocker | CLONE_NEWUSER), host, problems);
  const std::size_t place = place_in<Synchronize>(plan);
  CHECK(plan.steps[place].as<Synchronize>().opens_proc);
  CHECK(plan.steps[place + 1].is<SetOomScoreAdj>());
  CHECK(place < place_in<JoinContainer>(plan));
}

TEST_CASE("what the host does for an exec is done before the image is sent, or while init waits") {
  spec::Config config = kept_config();
  config.process->rlimits = {{"RLIMIT_NOFILE", 1024, 1 << 20}};
  config.process->scheduler = spec::Scheduler{.policy = "SCHED_BATCH"};
  config.linux.intel_rdt = spec::IntelRdt{.clos_id = "gold"};
  Host host = mighty_host();
  host.cgroups.resctrl = "/r";
  host.hard_limits[RLIMIT_NOFILE] = 4096;
  host.is_privileged = GENERATE(true, false);
  Problems problems;
  const Plan plan = compile_exec(std::move(config), request_for(kDocker), host, problems);
  REQUIRE(problems.empty());
  CHECK(has<RaiseRlimit>(plan));
  CHECK(has<EnterRdtGroup>(plan));
  CHECK(has<SetScheduler>(plan));
  bool is_awaited = true;
  for (const Step& step : plan.steps) {
    const bool is_of_host = facts_of(step).side == Side::Host;
    CAPTURE(line_of(plan, step));
    CHECK((is_awaited || !is_of_host));
    is_awaited = is_of_host || step.is<Synchronize>();
  }
}

TEST_CASE("an exec sets the scheduler of its fork, and then does not fork any more") {
  spec::Config config = kept_config();
  config.process->scheduler = spec::Scheduler{.policy = "SCHED_BATCH"};
  const Compiled result = compiled_exec(config, request_for(kDocker));
  const std::size_t place = place_in<SetScheduler>(result.plan);
  CHECK(place_in<Fork>(result.plan) < place);
  CHECK(result.plan.steps[place - 1].as<Synchronize>().sync == Sync::Ready);
  CHECK(place < place_in<WaitForStart>(result.plan));
}

TEST_CASE("what hands the listener of an exec over does not enter the container") {
  spec::Config config = kept_config();
  config.process->no_new_privileges = false;
  spec::SeccompRule& rule = config.linux.seccomp->syscalls.emplace_back();
  rule.names = {"mkdir"};
  rule.action = "SCMP_ACT_NOTIFY";
  config.linux.seccomp->listener_path = "/agent";
  const Compiled result = compiled_exec(config, request_for(kDocker));
  CHECK(place_in<StartHandOver>(result.plan) < place_in<JoinContainer>(result.plan));
}

TEST_CASE("a terminal of exec is not the container's console") {
  spec::Config config = kept_config();
  config.process->terminal = true;
  const Compiled result = compiled_exec(config, request_for(kDocker));
  CHECK_FALSE(
      result.plan.steps[place_in<OpenTerminal>(result.plan)].as<OpenTerminal>().binds_console);
}

TEST_CASE("a process of an exec has each policy that the container's own has") {
  spec::Config config = full_config();
  config.process->io_priority = spec::IoPriority{.class_name = "IOPRIO_CLASS_BE", .priority = 3};
  config.process->scheduler = spec::Scheduler{.policy = "SCHED_BATCH"};
  config.linux.personality = spec::Personality{.domain = "LINUX32"};
  config.linux.memory_policy = spec::MemoryPolicy{.mode = "MPOL_LOCAL"};
  const auto policies_of = [](const spec::Config& from) {
    Workbench bench;
    compile_policies(from, bench.builder);
    compile_scheduler(from, bench.builder);
    compile_rlimits(from, bench.builder);
    return bench.lines();
  };
  const Lines of_container = policies_of(config);
  CHECK(of_container.size() == 6);
  CHECK(policies_of(exec_config_of(config)) == of_container);
}

TEST_CASE("create keeps for exec which namespaces it has made, not those that it has joined") {
  spec::Config config = full_config();
  config.linux.namespaces = {{.type = "pid", .path = {}}, {.type = "network", .path = "/run/net"}};
  const spec::Config kept = exec_config_of(config);
  REQUIRE(kept.linux.namespaces.size() == 1);
  CHECK(kept.linux.namespaces[0].type == "pid");
}

TEST_CASE("exec does not ask whether the kernel supports the flags of a filter that it has") {
  spec::Config config = kept_config();
  config.linux.seccomp->flags = spec::Strings{"SECCOMP_FILTER_FLAG_LOG"};
  Host host = mighty_host();
  host.seccomp = {};
  Problems problems;
  const Plan plan = compile_exec(std::move(config), request_for(kDocker), host, problems);
  CHECK(problems.empty());
  CHECK(plan.steps[place_in<LoadSeccomp>(plan)].as<LoadSeccomp>().flags.bits ==
        SECCOMP_FILTER_FLAG_LOG);
}

TEST_CASE("what create keeps of seccomp for exec lacks only what is compiled") {
  spec::Config config = full_config();
  config.linux.seccomp =
      spec::Seccomp{.default_action = "SCMP_ACT_ERRNO",
                    .default_errno_ret = 38,
                    .architectures = {},
                    .flags = spec::Strings{"SECCOMP_FILTER_FLAG_LOG"},
                    .listener_path = "/run/agent",
                    .listener_metadata = "m",
                    .syscalls = {{.names = {"mount"}, .action = "SCMP_ACT_NOTIFY"}}};
  CHECK(spec::to_json(*exec_config_of(config).linux.seccomp) ==
        spec::to_json(*config.linux.seccomp));
}

TEST_CASE("what create keeps for exec has no rule of the filter but those with a listener") {
  spec::Config config = full_config();
  config.linux.seccomp->syscalls = {{.names = {"read"}, .action = "SCMP_ACT_ERRNO"},
                                    {.names = {"mount"}, .action = "SCMP_ACT_NOTIFY"}};
  const spec::Config kept = exec_config_of(config);
  CHECK(kept.process->args == config.process->args);
  REQUIRE(kept.linux.seccomp->syscalls.size() == 1);
  CHECK(kept.linux.seccomp->syscalls[0].action == "SCMP_ACT_NOTIFY");
  CHECK(kept.mounts.empty());
  CHECK(kept.hooks.start_container.empty());
}

}  // namespace
}  // namespace berth::plan
