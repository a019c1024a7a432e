// What has to come before what, and why.
#include <linux/capability.h>

#include <catch2/catch.hpp>

#include <algorithm>

#include "full_plan.h"
#include "runtime/plan/step_slots.h"

namespace berth::plan {
namespace {

struct Pair {
  const char* why;
  std::string earlier;
  std::string later;
};

TEST_CASE("whatever is done first has its reason") {
  const auto [why, earlier, later] = GENERATE(values<Pair>({
      {"the root is opened where its path is known", "host open_tree", "prologue clone"},
      {"what may not exist is found before anything is left behind", "host listen_for_start",
       "host make_cgroup"},
      {"nothing of the container is outside its limits", "child enter_cgroup", "child new_session"},
      {"a cgroup namespace begins where the process is", "child enter_cgroup",
       "child new_cgroup_namespace"},
      {"offsets only while no process is in it", "prologue write_time_offsets", "prologue clone"},
      {"no file is touched with foreign ids", "child become_namespace_root", "child attach_root"},
      {"a session before a terminal", "child new_session", "child open_terminal"},
      {"the mount of the cgroup shows the namespace", "child new_cgroup_namespace", "child place"},
      {"nothing of the mounts depends on the session", "child new_session",
       "child detach_propagation"},
      {"NS-4 nothing propagates to the host", "child detach_propagation", "child attach_root"},
      {"the root before what is mounted in it", "child attach_root", "child place"},
      {"RL-DEV-1 one of the mounts is /dev", "child place", "child make_symlink"},
      {"HK-CR-1 before pivot_root", "host run_host_hook", "child enter_root"},
      {"ND-1 a hook may be about it", "host move_net_device", "host run_host_hook"},
      {"ND-1 a sysctl may be about it", "host move_net_device", "child write_sysctl"},
      {"RDT-1 it cannot go where nothing is", "host make_rdt_group", "host enter_rdt_group"},
      {"HK-CC-1 after createRuntime", "host run_host_hook", "child run_hook"},
      {"HK-CC-1 before pivot_root", "child run_hook", "child enter_root"},
      {"masks are made of the null device that was verified", "child open_null", "child mask_path"},
      {"SY-1 before /proc/sys is read-only", "child write_sysctl", "child protect_path"},
      {"SR-9 where a user namespace may still make one", "child open_proc", "child enter_root"},
      {"SR-9 no hook finds it", "child run_hook", "child open_proc"},
      {"SR-9 nothing goes where the image says while it is open", "child close_proc",
       "child change_directory"},
      {"dropping takes a capability", "child set_bounding_set", "child set_ids"},
      {"groups take a capability", "child set_groups", "child set_ids"},
      {"PR-CAP-1 they are kept over the change of user", "child set_ids", "child set_capabilities"},
      {"PR-CWD-1 the root can still be written to", "child make_working_directory",
       "child enter_root"},
      {"PR-CWD-1 below what is mounted", "child place", "child make_working_directory"},
      {"SR-16 what init has open is no way out of the root", "child close_descriptors",
       "child change_directory"},
      {"SR-48 of a program that is not there create reports", "child find_program",
       "child wait_for_start"},
      {"SR-48 looked for by who is going to execute it", "child set_ids", "child find_program"},
      {"SR-48 with the rights that execve will have", "child set_capabilities",
       "child find_program"},
      {"SR-48 a relative one is found from there", "child change_directory", "child find_program"},
      {"US-2 files of init's own are made without it", "child change_directory", "child set_umask"},
      {"RT-CREATE-4 only the program waits", "child close_descriptors", "child wait_for_start"},
      {"start can tell a program from a death", "child announce_program", "child execute"},
      {"HK-SC-1 in start, before the program", "child wait_for_start", "child execute"},
      {"SC-1 no child waits for it", "host open_cgroup", "host make_filter"},
      {"SC-1 init receives it with an answer", "host make_filter", "child wait_for_start"},
      {"SC-1 a filter may forbid what is done to find it", "child find_program",
       "child load_seccomp"},
      {"SC-1 a filter may forbid setresuid", "child set_ids", "child load_seccomp"},
      {"SC-1 a filter may forbid getcwd", "child change_directory", "child load_seccomp"},
      {"SC-1 a filter may forbid accept4", "child wait_for_start", "child load_seccomp"},
      {"SC-1 a filter may forbid close_range", "child close_descriptors", "child load_seccomp"},
      {"SR-20 the caller's limit is not the container's", "child allow_cores", "child set_rlimit"},
      {"SC-1 a filter may forbid the limits", "child set_rlimit", "child load_seccomp"},
      {"SC-1 no call of the program is before it", "child load_seccomp", "child execute"},
      {"PR-RL-2 the hooks are not limited", "child wait_for_start", "child set_rlimit"},
  }));
  CAPTURE(why);
  const Lines phases = phases_of(compiled(full_config()).plan);
  const auto first = std::find(phases.begin(), phases.end(), earlier);
  REQUIRE(first != phases.end());
  CHECK(std::find(first, phases.end(), later) != phases.end());
  CHECK(std::find(phases.begin(), first, later) == first);
}

TEST_CASE(
    "DV-1 RS-DEV-1: first the mounts, then the device nodes, then the rules that could stop us") {
  spec::Config config = spec::default_config();
  if (GENERATE(false, true)) config.hooks.prestart = {{"/prestart"}};
  const Plan plan = compiled(config).plan;
  std::size_t last_mount = 0, first_device = 0, last_device = 0, first_rule = 0;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const bool is_rule =
        step.is<WriteCgroupFile>() &&
        plan.cgroup.writes.at(step.as<WriteCgroupFile>().number).controller == "devices";
    const std::string origin = plan.text_at(step.origin);
    if (step.is<Place>() && origin.find("/mounts/") == 0) last_mount = i;
    if (step.is<MakeDevice>()) last_device = i;
    if (step.is<MakeDevice>() && first_device == 0) first_device = i;
    if (is_rule && first_rule == 0) first_rule = i;
  }
  CHECK(last_mount > 0);
  CHECK(first_device > last_mount);
  CHECK(first_rule > last_device);
}

/// Lines from the first one with `first` on, up to the program.
Lines lines_from(const Plan& plan, const std::string& first) {
  const Lines lines = frame_of(plan);
  const auto begin = std::find(lines.begin(), lines.end(), "child " + first);
  const auto end = std::find(begin, lines.end(), "child execute");
  return {begin, end == lines.end() ? end : end + 1};
}

TEST_CASE("SC-1 SR-27: under the filter there is nothing but execve") {
  const bool no_new_privileges = GENERATE(false, true);
  spec::Config config = full_config();
  config.process->no_new_privileges = no_new_privileges;
  CHECK(lines_from(compiled(config).plan, "load_seccomp") ==
        Lines{"child load_seccomp", "child execute"});
}

/// The last step of this type before the filter.
template <StepType T>
T before_filter(const Plan& plan) {
  T found{};
  for (const Step& step : plan.steps) {
    if (step.is<LoadSeccomp>()) break;
    if (step.is<T>()) found = step.as<T>();
  }
  return found;
}

TEST_CASE("SC-1: without no_new_privs the capability for the filter is kept, and no other") {
  constexpr std::uint64_t kAdmin = std::uint64_t{1} << CAP_SYS_ADMIN;
  spec::Config config = full_config();
  config.process->no_new_privileges = false;
  const Plan plan = compiled(config).plan;
  std::vector<SetCapabilities> sets;
  for (const Step& step : plan.steps) {
    if (step.is<SetCapabilities>()) sets.push_back(step.as<SetCapabilities>());
  }
  REQUIRE(sets.size() == 2);
  // While it waits it can take the capability, and has not taken it.
  CHECK((sets[0].permitted.mask & kAdmin) != 0);
  CHECK((sets[0].effective.mask & kAdmin) == 0);
  CHECK(sets[1].permitted.mask == sets[0].permitted.mask);
  CHECK(sets[1].effective.mask == (sets[0].effective.mask | kAdmin));
  CHECK(before_filter<SetBoundingSet>(plan).kept.mask == (sets[0].permitted.mask & ~kAdmin));
  CHECK((before_filter<SetAmbient>(plan).capabilities.mask & kAdmin) == 0);
  CHECK((sets[1].inheritable.mask & kAdmin) == 0);

  config.process->no_new_privileges = true;
  const Plan with = compiled(config).plan;
  CHECK((before_filter<SetCapabilities>(with).permitted.mask & kAdmin) == 0);
}

TEST_CASE("SC-1 SR-26: among others init does not wait with more than the program has") {
  spec::Config config = full_config();
  config.process->no_new_privileges = false;
  const bool has_neighbours = GENERATE(false, true);
  if (has_neighbours) {
    config.linux.namespaces.at(0) = {"pid", "/p"};
    config.hooks.start_container.clear();
  } else {  // a hook that stays, and may trace
    config.process->capabilities->bounding.push_back("CAP_SYS_PTRACE");
  }
  const Plan plan = compiled(config).plan;
  CHECK(lines_from(plan, "find_program") ==
        (has_neighbours
             ? Lines{"child find_program", "child set_capabilities", "child load_seccomp",
                     "child set_capabilities", "child fork", "child synchronize",
                     "host enter_rdt_group", "host set_oom_score_adj", "host raise_rlimit",
                     "child wait_for_start", "child announce_program", "child allow_cores",
                     "child set_rlimit", "child execute"}
             : Lines{"child find_program", "child set_capabilities", "child load_seccomp",
                     "child set_capabilities", "child synchronize", "child wait_for_start",
                     "child run_hook", "child announce_program", "child find_program",
                     "child allow_cores", "child set_rlimit", "child execute"}));
}

TEST_CASE("HK-PS-1: poststart hooks come after the program") {
  const Plan plan = compiled(full_config()).plan;
  CHECK(line_of(plan, plan.steps.back()) ==
        "start run_poststart_hook path='/poststart' <- /hooks/poststart/0");
  CHECK(plan.hooks.poststart.size() == 1);
}

TEST_CASE("without hooks of create the two sides meet for v1 cgroups, and at the end") {
  spec::Config config = spec::default_config();
  const Lines frame = frame_of(compiled(config).plan);
  CHECK(std::count(frame.begin(), frame.end(), "child synchronize") == 2);
  const auto cgroups = std::find(frame.begin(), frame.end(), "child synchronize");
  const auto ready = std::find(cgroups + 1, frame.end(), "child synchronize");
  REQUIRE(frame.end() - ready > 2);
  CHECK(Lines(ready - 1, ready + 3) == Lines{"child find_program", "child synchronize",
                                             "host write_cgroup_file", "child wait_for_start"});
}

TEST_CASE("the sync points come in the order of their numbers") {
  std::vector<Sync> syncs;
  const Plan plan = compiled(full_config()).plan;
  for (const Step& step : plan.steps) {
    if (step.is<Synchronize>()) syncs.push_back(step.as<Synchronize>().sync);
  }
  CHECK(syncs == std::vector<Sync>{Sync::Cgroups, Sync::UserReady, Sync::MountsDone, Sync::Ready});
}

TEST_CASE("a container that starts at once neither waits for start nor announces its program") {
  const Plan plan = compiled(full_config(), true).plan;
  std::size_t waits = 0;
  for (const Step& step : plan.steps) {
    CHECK_FALSE(step.is<AnnounceProgram>());
    CHECK_FALSE(step.is<ListenForStart>());
    if (!step.is<WaitForStart>()) continue;
    ++waits;
    CHECK(step.as<WaitForStart>().socket == kNoSlot);
  }
  CHECK(waits == 1);
}

TEST_CASE("RT-START-4: what starts at once has a process") {
  spec::Config config = full_config();
  config.process.reset();
  const Compiled result = compiled(config, true);
  REQUIRE(result.problems.list().size() == 1);
  CHECK(result.problems.list()[0].pointer == "/process");
}

TEST_CASE("RT-START-4: a config without a process ends where start would begin") {
  spec::Config config = full_config();
  config.process.reset();
  const Compiled result = compiled(config);
  CHECK(result.problems.empty());
  CHECK(result.plan.steps.back().is<WaitForStart>());
}

TEST_CASE("every slot that is used has been filled by the host before") {
  const Plan plan = compiled(full_config()).plan;
  std::vector<bool> filled(static_cast<std::size_t>(plan.slot_count));
  for (const Step& step : plan.steps) {
    CAPTURE(line_of(plan, step));
    const StepSlots slots = slots_of(step);
    for (const Slot used : slots.used) {
      if (used != kNoSlot) CHECK(filled.at(static_cast<std::size_t>(used.number)));
    }
    if (slots.filled == kNoSlot) continue;
    CHECK_FALSE(filled.at(static_cast<std::size_t>(slots.filled.number)));
    filled[static_cast<std::size_t>(slots.filled.number)] = true;
  }
  CHECK(std::count(filled.begin(), filled.end(), false) == 0);
}

TEST_CASE("RL-FD-2: as many descriptors are passed on as were asked for") {
  const Plan plan = compiled(full_config()).plan;
  for (const Step& step : plan.steps) {
    if (step.is<CloseDescriptors>()) CHECK(step.as<CloseDescriptors>().passed_on == 1);
  }
}

TEST_CASE("the problems of all chapters are reported together") {
  spec::Config config = spec::default_config();
  config.linux.seccomp.emplace().default_action = "SCMP_ACT_NOTIFY";
  config.linux.sysctl = {{"vm.swappiness", "1"}};
  config.linux.cgroups_path = "..";
  config.linux.time_offsets = {{"boottime", {}}};
  const Compiled result = compiled(config);
  Lines pointers;
  for (const Problem& problem : result.problems.list()) {
    pointers.push_back(problem.pointer);
  }
  CHECK(pointers == Lines{"/linux/cgroupsPath", "/linux/timeOffsets", "/linux/seccomp/listenerPath",
                          "/linux/sysctl/vm.swappiness"});
}

}  // namespace
}  // namespace berth::plan
