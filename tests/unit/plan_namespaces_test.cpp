#include <sched.h>

#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/builder.h"
#include "runtime/compile/cgroup/cgroup_steps.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "runtime/compile/namespaces/user_namespace.h"
#include "spec/config/config.h"

namespace berth::plan {
namespace {

TEST_CASE("NS-1: all eight types of namespaces are known") {
  const auto [type, flag] = GENERATE(table<std::string, std::uint64_t>({
      {"pid", CLONE_NEWPID},
      {"network", CLONE_NEWNET},
      {"mount", CLONE_NEWNS},
      {"ipc", CLONE_NEWIPC},
      {"uts", CLONE_NEWUTS},
      {"user", CLONE_NEWUSER},
      {"cgroup", CLONE_NEWCGROUP},
      {"time", CLONE_NEWTIME},
  }));
  CHECK(spec::kNamespaceTypes.value_of(type) == flag);
  CHECK(spec::kNamespaceTypes.words_of(flag) == type);
}

TEST_CASE("namespaces that take long are made early, but none that a user namespace is to own") {
  const auto early = [](std::vector<spec::Namespace> namespaces) {
    return early_namespaces(with_namespaces(std::move(namespaces)));
  };
  CHECK(early({}) == 0);
  CHECK(early({{"pid", ""}, {"mount", ""}, {"cgroup", ""}, {"time", ""}}) == 0);
  CHECK(early({{"ipc", ""}, {"network", ""}, {"uts", ""}}) ==
        (CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS));
  CHECK(early({{"network", "/run/netns/a"}, {"ipc", ""}}) == CLONE_NEWIPC);
  CHECK(early({{"network", ""}, {"user", ""}}) == 0);
  CHECK(early({{"user", "/proc/7/ns/user"}, {"network", ""}}) == 0);
}

TEST_CASE("NS-2 NS-3: a path is opened as what it has to be, and joined") {
  const spec::Config config = with_namespaces({{"pid", ""}, {"network", "/run/netns/a"}});
  Workbench bench;
  const Slots slots = compile_namespace_sources(config, bench.builder);
  compile_joins(config, slots, bench.builder);
  CHECK(
      bench.lines() ==
      Lines{
          "host open_namespace path='/run/netns/a' type='network' to=0 <- /linux/namespaces/1/path",
          "prologue join_namespace path='/run/netns/a' type='network' namespace=0 <- "
          "/linux/namespaces/1/path",
      });
  CHECK(slots == Slots{kNoSlot, {0}});
  CHECK(bench.the<OpenNamespace>().to.slot == slots[1]);
  CHECK(bench.the<OpenNamespace>().type.flags == CLONE_NEWNET);
  CHECK(bench.the<JoinNamespace>().space == slots[1]);
  CHECK(bench.the<JoinNamespace>().type.flags == CLONE_NEWNET);
  CHECK(bench.the<JoinNamespace>().refusal == Errors::Report);
}

TEST_CASE("NS-2: around a user namespace the others are tried before and after it") {
  const spec::Config config = with_namespaces({{"user", "/u"}, {"network", "/n"}, {"ipc", "/i"}});
  Workbench bench;
  compile_joins(config, compile_namespace_sources(config, bench.builder), bench.builder);
  Lines joins;
  for (const Step& step : bench.plan().steps) {
    if (!step.is<JoinNamespace>()) continue;
    const auto& join = step.as<JoinNamespace>();
    joins.push_back(bench.text(join.path) + (join.refusal == Errors::Tolerate ? " or later" : ""));
  }
  CHECK(joins == Lines{"/n or later", "/i or later", "/u", "/n", "/i"});
}

TEST_CASE("NS-4: one clone makes all new namespaces but those that are unshared") {
  const spec::Config config = with_namespaces({{"pid", ""},
                                               {"network", ""},
                                               {"mount", ""},
                                               {"ipc", ""},
                                               {"uts", "/run/uts"},
                                               {"user", ""},
                                               {"cgroup", ""},
                                               {"time", ""}});
  Workbench bench;
  compile_clone(config, {7}, false, bench.builder);
  CHECK(bench.lines() == Lines{"prologue clone namespaces='pid, network, mount, ipc, user' "
                               "cgroup=7 <- /linux/namespaces"});
  CHECK(bench.the<Clone>().namespaces.flags ==
        (CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUSER));
  CHECK(bench.the<Clone>().cgroup == Slot{7});
}

TEST_CASE("NS-4: types that are not listed are inherited") {
  Workbench bench;
  compile_clone({}, kNoSlot, false, bench.builder);
  compile_time_namespace({}, bench.builder);
  compile_user_namespace({}, bench.builder);
  compile_session({}, kNoSlot, bench.builder);
  CHECK(bench.lines() == Lines{"prologue clone", "child new_session", "child new_keyring"});
  CHECK(bench.the<Clone>().namespaces.flags == 0);
}

TEST_CASE("a new network has its loopback, a new cgroup namespace comes after the clone") {
  Workbench bench;
  bench.request.no_new_keyring = true;
  const spec::Config config = with_namespaces({{"network", ""}, {"cgroup", ""}});
  compile_loopback(config, bench.builder);
  compile_session(config, kNoSlot, bench.builder);
  CHECK(bench.lines() == Lines{"child loopback_up <- /linux/namespaces/0", "child new_session",
                               "child new_cgroup_namespace <- /linux/namespaces/1"});
}

TEST_CASE("a joined network or cgroup namespace is left as it is") {
  Workbench bench;
  bench.request.no_new_keyring = true;
  const spec::Config config = with_namespaces({{"network", "/n"}, {"cgroup", "/c"}});
  compile_loopback(config, bench.builder);
  compile_session(config, kNoSlot, bench.builder);
  CHECK(bench.lines() == Lines{"child new_session"});
}

TEST_CASE("TO-1: time offsets are written into a new time namespace") {
  spec::Config config = with_namespaces({{"time", ""}});
  config.linux.time_offsets = {{"boottime", {.secs = -3, .nanosecs = 5}},
                               {"monotonic", {.secs = 100}}};
  Workbench bench;
  compile_time_namespace(config, bench.builder);
  CHECK(
      bench.lines() ==
      Lines{"prologue new_time_namespace <- /linux/namespaces/0",
            "prologue write_time_offsets line='boottime -3 5' <- /linux/timeOffsets/boottime",
            "prologue write_time_offsets line='monotonic 100 0' <- /linux/timeOffsets/monotonic"});
  CHECK(bench.problems.empty());
}

TEST_CASE("TO-1: time offsets without a new time namespace are a problem") {
  spec::Config config = with_namespaces(
      GENERATE(std::vector<spec::Namespace>{}, std::vector<spec::Namespace>{{"time", "/t"}}));
  config.linux.time_offsets = {{"monotonic", {.secs = 100}}};
  Workbench bench;
  compile_time_namespace(config, bench.builder);
  CHECK(bench.pointers() == Lines{"/linux/timeOffsets"});
}

TEST_CASE("UM-1: the host writes the id maps before the child becomes root") {
  spec::Config config = with_namespaces({{"user", ""}});
  config.linux.uid_mappings = {{.container_id = 0, .host_id = 1000, .size = 10},
                               {.container_id = 10, .host_id = 5000, .size = 1}};
  config.linux.gid_mappings = {{.container_id = 0, .host_id = 2000, .size = 20}};
  Workbench bench;
  compile_user_namespace(config, bench.builder);
  CHECK(
      bench.lines() ==
      Lines{"child synchronize sync='the user namespace is there'",
            "host write_id_map file='uid_map' lines='0 1000 10\n10 5000 1\n' <- /linux/uidMappings",
            "host write_id_map file='gid_map' lines='0 2000 20\n' <- /linux/gidMappings",
            "child become_namespace_root <- /linux/namespaces/0"});
  CHECK(bench.the<Synchronize>().sync == Sync::UserReady);
}

TEST_CASE("a joined user namespace has its mappings already") {
  spec::Config config = with_namespaces({{"user", "/u"}});
  config.linux.uid_mappings = config.linux.gid_mappings = {{.size = 10}};
  Workbench bench;
  compile_user_namespace(config, bench.builder);
  CHECK(bench.lines() == Lines{"child become_namespace_root <- /linux/namespaces/0"});
  CHECK(bench.problems.empty());
}

TEST_CASE("UM-1: mappings and a user namespace need each other") {
  spec::Config lonely_namespace = with_namespaces({{"user", ""}});
  spec::Config lonely_mappings;
  lonely_mappings.linux.uid_mappings = lonely_mappings.linux.gid_mappings = {{.size = 10}};
  const spec::Config config = GENERATE_COPY(lonely_namespace, lonely_mappings);
  Workbench bench;
  compile_user_namespace(config, bench.builder);
  CHECK(bench.pointers() == Lines{"/linux/uidMappings", "/linux/gidMappings"});
}

// ---- the cgroup as a place ------------------------------------------------------------------

CgroupDirectory directory(const std::string& path, bool unified) {
  CgroupDirectory made{.path = path};
  made.hierarchy.unified = unified;
  return made;
}

TEST_CASE("CG-PATH-2: each directory of the cgroup is made, then opened") {
  spec::Config config;
  config.linux.cgroups_path = "/x";
  Workbench bench;
  bench.builder.plan.cgroup.directories = {directory("/cg/cpu/x", false), directory("/cg/x", true)};
  CHECK(compile_initial_cgroup(config, bench.builder) == Slot{0});
  CHECK(compile_cgroup_directories(config, bench.builder) == Slots{{1}, kNoSlot});
  CHECK(bench.lines() ==
        Lines{"host make_cgroup path='/cg/x' directory=1 <- /linux/cgroupsPath",
              "host open_cgroup path='/cg/x' directory=1 to=0 <- /linux/cgroupsPath",
              "host make_cgroup path='/cg/cpu/x' <- /linux/cgroupsPath",
              "host open_cgroup path='/cg/cpu/x' to=1 <- /linux/cgroupsPath"});
}

TEST_CASE("CG-PATH-3: a cgroup of our choice has no origin") {
  Workbench bench;
  bench.builder.plan.cgroup.directories = {directory("/cg/berth/web1", true)};
  CHECK(compile_initial_cgroup({}, bench.builder) == Slot{0});
  CHECK(bench.lines() == Lines{"host make_cgroup path='/cg/berth/web1'",
                               "host open_cgroup path='/cg/berth/web1' to=0"});
}

TEST_CASE("v1 cgroups are entered, in v2 the child is born") {
  Workbench bench;
  bench.builder.plan.cgroup.directories = {directory("/cg/cpu/x", false), directory("/cg/x", true)};
  CHECK(compile_initial_cgroup_entry({}, {5}, bench.builder) == Slot{5});
  compile_cgroup_entry({}, {{4}, kNoSlot}, bench.builder);
  CHECK(bench.lines() == Lines{"child enter_cgroup path='/cg/cpu/x' cgroup=4"});
}

TEST_CASE("NS-2: v2 is entered by hand when a user or cgroup namespace is joined") {
  const std::string_view type = GENERATE("user", "cgroup");
  Workbench bench;
  bench.builder.plan.cgroup.directories = {directory("/cg/x", true)};
  const spec::Config config = with_namespaces({{std::string(type), "/n"}});
  CHECK(compile_initial_cgroup_entry(config, {5}, bench.builder) == kNoSlot);
  CHECK(bench.lines() == Lines{"prologue enter_cgroup path='/cg/x' cgroup=5 is_unified"});
}

TEST_CASE(
    "NS-2: where the prologue enters v2, it is gone before the number of processes is limited") {
  const spec::Config config = with_namespaces({{"cgroup", "/n"}});
  const bool has_pids = GENERATE(true, false);
  Workbench bench;
  CgroupPlan& cgroup = bench.builder.plan.cgroup;
  cgroup.directories = {directory("/cg/x", true), directory("/cg/pids/x", false)};
  cgroup.directories[has_pids ? 0 : 1].hierarchy.controllers = {"pids"};
  cgroup.writes = {{"pids", "pids.max", "1", "/linux/resources/pids/limit"}};
  compile_cgroup_limits(config, bench.builder);
  CHECK(bench.lines().empty() == has_pids);
  compile_cgroup_completion(config, bench.builder);
  CHECK(bench.lines() == Lines{"host write_cgroup_file file='pids.max' value='1' <- "
                               "/linux/resources/pids/limit"});
}

TEST_CASE("device rules are apart from all other writes to the cgroup") {
  Workbench bench;
  CgroupPlan& cgroup = bench.builder.plan.cgroup;
  cgroup.writes = {{"devices", "devices.deny", "a", ""},
                   {"pids", "pids.max", "64", "/linux/resources/pids/limit"}};
  cgroup.device_program.resize(1);
  compile_cgroup_limits({}, bench.builder);
  compile_device_rules({}, bench.builder);
  CHECK(bench.lines() == Lines{"host write_cgroup_file file='pids.max' value='64' number=1 <- "
                               "/linux/resources/pids/limit",
                               "host load_device_rules <- /linux/resources/devices",
                               "host write_cgroup_file file='devices.deny' value='a'",
                               "host attach_device_rules <- /linux/resources/devices"});
}

}  // namespace
}  // namespace berth::plan
