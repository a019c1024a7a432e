#include <sched.h>

#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/files/mounts.h"
#include "runtime/compile/files/root.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "runtime/compile/namespaces/user_namespace.h"
#include "runtime/compile/process/limits.h"
#include "runtime/compile/process/process.h"

namespace berth::plan {
namespace {

using Mappings = std::vector<spec::IdMapping>;

spec::IdMapping mapping(std::uint32_t container, std::uint32_t host, std::uint32_t size) {
  return {.container_id = container, .host_id = host, .size = size};
}

spec::Config with_mappings(const Mappings& uids, const Mappings& gids) {
  spec::Config config = with_namespaces({{"user", ""}});
  config.linux.uid_mappings = uids;
  config.linux.gid_mappings = gids;
  return config;
}

/// The caller 1000:100, who has the setuid programs.
Host unprivileged_host() {
  Host host = mighty_host();
  host.uid = 1000;
  host.gid = 100;
  host.is_privileged = host.may_mount = host.may_map_ids = host.may_make_devices = false;
  host.may_raise_limits = false;
  host.uid_mapper = "/usr/bin/newuidmap";
  host.gid_mapper = "/usr/bin/newgidmap";
  return host;
}

std::string message_at(const Problems& problems, const std::string& pointer) {
  for (const Problem& problem : problems.list()) {
    if (problem.pointer == pointer) return problem.message;
  }
  return {};
}

// ---- what is wrong with a map ---------------------------------------------------------------

TEST_CASE("UM-1: ranges that overlap are a problem that names both") {
  const auto [second, whose] = GENERATE(table<spec::IdMapping, std::string>({
      {mapping(9, 5000, 1), "containerID"},
      {mapping(10, 1009, 1), "hostID"},
  }));
  Workbench bench;
  compile_user_namespace(
      with_mappings({mapping(0, 1000, 10), second}, {mapping(0, 1000, 10), second}), bench.builder);
  CHECK(bench.pointers() == Lines{"/linux/uidMappings/1", "/linux/gidMappings/1"});
  const std::string message = message_at(bench.problems, "/linux/uidMappings/1");
  CHECK_THAT(message, Catch::Contains(whose) && Catch::Contains("mapping 0"));
}

TEST_CASE("UM-1: ranges side by side do not overlap") {
  const Mappings sides = {mapping(0, 1000, 10), mapping(10, 1010, 5), mapping(20, 0, 1000)};
  Workbench bench;
  compile_user_namespace(with_mappings(sides, sides), bench.builder);
  CHECK(bench.pointers() == Lines{});
}

TEST_CASE("UM-1: a range ends with the last id at the latest") {
  const auto [range, is_right] = GENERATE(table<spec::IdMapping, bool>({
      {mapping(0, 0, UINT32_MAX), true},
      {mapping(0, 1, UINT32_MAX), false},
      {mapping(0, UINT32_MAX, 1), false},
  }));
  Workbench bench;
  compile_user_namespace(with_mappings({range}, {mapping(0, 0, 1)}), bench.builder);
  CHECK(bench.pointers() == (is_right ? Lines{} : Lines{"/linux/uidMappings/0"}));
}

TEST_CASE("UM-1: the kernel takes 340 ranges, and 4095 bytes for all") {
  Mappings many;
  for (std::uint32_t i = 0; i < 341; ++i) many.push_back(mapping(i, i, 1));
  Mappings wide(many.begin(), many.begin() + 200);
  for (spec::IdMapping& one : wide) one.host_id += 1'000'000'000;
  Mappings wider = wide;
  for (std::uint32_t i = 0; i < 100; ++i) wider.push_back(mapping(1000 + i, 2'000'000'000 + i, 1));
  const auto [mappings, is_right] =
      GENERATE_COPY(table<Mappings, bool>({{many, false}, {wide, true}, {wider, false}}));
  Workbench bench;
  compile_user_namespace(with_mappings(mappings, {mapping(0, 0, 1)}), bench.builder);
  CHECK(bench.pointers() == (is_right ? Lines{} : Lines{"/linux/uidMappings"}));
}

TEST_CASE("a container without its id 0 cannot be set up") {
  Workbench bench;
  compile_user_namespace(with_mappings({mapping(1, 1, 9)}, {mapping(1, 1, 9)}), bench.builder);
  CHECK(bench.pointers() == Lines{"/linux/uidMappings", "/linux/gidMappings"});
}

TEST_CASE("US-1: every id of the process is one of the user namespace") {
  spec::Config config = with_mappings({mapping(0, 1000, 10)}, {mapping(0, 1000, 20)});
  config.process.emplace();
  config.process->user.uid = 10;
  config.process->user.gid = 19;
  config.process->user.additional_gids = {5, 20};
  Workbench bench;
  compile_user_namespace(config, bench.builder);
  CHECK(bench.pointers() == Lines{"/process/user/uid", "/process/user/additionalGids/1"});
}

// ---- who writes it --------------------------------------------------------------------------

TEST_CASE("a caller without privilege maps its own id, after it has given up setgroups") {
  Workbench bench;
  bench.host = unprivileged_host();
  const spec::Config config = with_mappings({mapping(0, 1000, 1)}, {mapping(0, 100, 1)});
  compile_user_namespace(config, bench.builder);
  CHECK(bench.lines() ==
        Lines{"child synchronize sync='the user namespace is there' opens_proc",
              "host write_id_map file='uid_map' lines='0 1000 1\n' <- /linux/uidMappings",
              "host write_id_map file='setgroups' lines='deny' <- /linux/gidMappings",
              "host write_id_map file='gid_map' lines='0 100 1\n' <- /linux/gidMappings",
              "child become_namespace_root <- /linux/namespaces/0"});
  // The files of /proc that are written to are not the caller's otherwise.
  CHECK(bench.the<Synchronize>().opens_proc);
  CHECK(groups_of(config, bench.host) == Groups::Denied);
}

TEST_CASE("other ids are mapped by the programs that know what a user was granted") {
  Workbench bench;
  bench.host = unprivileged_host();
  const spec::Config config =
      with_mappings({mapping(0, 1000, 1), mapping(1, 100000, 65536)}, {mapping(0, 101, 1)});
  compile_user_namespace(config, bench.builder);
  CHECK(bench.lines() == Lines{"child synchronize sync='the user namespace is there' opens_proc",
                               "host call_id_mapper program='/usr/bin/newuidmap' lines='0 1000 "
                               "1\n1 100000 65536\n' <- /linux/uidMappings",
                               "host call_id_mapper program='/usr/bin/newgidmap' lines='0 101 1\n' "
                               "<- /linux/gidMappings",
                               "child become_namespace_root <- /linux/namespaces/0"});
  CHECK(groups_of(config, bench.host) == Groups::Allowed);
}

TEST_CASE("without those programs the map is a problem") {
  Workbench bench;
  bench.host = unprivileged_host();
  bench.host.uid_mapper = bench.host.gid_mapper = "";
  compile_user_namespace(with_mappings({mapping(0, 100000, 10)}, {mapping(0, 100, 1)}),
                         bench.builder);
  CHECK(bench.pointers() == Lines{"?/linux/uidMappings"});
  CHECK_THAT(message_at(bench.problems, "/linux/uidMappings"), Catch::Contains("newuidmap"));
}

TEST_CASE("root's own maps are written by berth, and its child stays closed") {
  Workbench bench;
  compile_user_namespace(with_mappings({mapping(0, 0, 1)}, {mapping(0, 0, 1)}), bench.builder);
  CHECK_FALSE(bench.the<Synchronize>().opens_proc);
  for (const std::string& line : bench.lines()) CHECK_THAT(line, !Catch::Contains("setgroups"));
}

TEST_CASE("oom_score_adj is set while the caller may write to it") {
  spec::Config config = with_mappings({mapping(0, 1000, 1)}, {mapping(0, 100, 1)});
  config.process.emplace();
  config.process->oom_score_adj = 500;
  Workbench bench;
  bench.host = unprivileged_host();
  CHECK(is_mapped_by_caller(config, bench.host));
  compile_user_namespace(config, bench.builder);
  const Lines lines = bench.lines();
  CHECK(lines.at(lines.size() - 2) == "host set_oom_score_adj value=500 <- /process/oomScoreAdj");
}

// ---- groups ---------------------------------------------------------------------------------

Lines group_steps(const spec::Config& config, Workbench& bench) {
  compile_identity(config, {}, bench.builder);
  Lines found;
  for (const Step& step : bench.plan().steps) {
    if (!step.is<SetGroups>()) continue;
    const bool is_tolerated = step.as<SetGroups>().refusal == Errors::Tolerate;
    found.push_back(is_tolerated ? "1" : "0");
  }
  return found;
}

TEST_CASE("CVE-2014-8989: groups that cannot be dropped are left as they are") {
  Workbench bench;
  bench.host = unprivileged_host();
  spec::Config config = with_mappings({mapping(0, 1000, 1)}, {mapping(0, 100, 1)});
  config.process.emplace();
  CHECK(group_steps(config, bench) == Lines{});
  CHECK(bench.pointers() == Lines{});
  config.process->user.additional_gids = {0};
  compile_identity(config, {}, bench.builder);
  CHECK(bench.pointers() == Lines{"?/process/user/additionalGids"});
}

TEST_CASE("a user namespace below one that denies setgroups denies it, too") {
  Workbench bench;
  bench.host.may_set_groups = false;
  CHECK(group_steps(with_mappings({mapping(0, 0, 9)}, {mapping(0, 0, 9)}), bench) == Lines{});
}

TEST_CASE("whether a joined user namespace denies setgroups is seen when it is tried") {
  spec::Config config = with_namespaces({{"user", "/u"}});
  config.process.emplace();
  Workbench none, some;
  CHECK(group_steps(config, none) == Lines{"1"});
  config.process->user.additional_gids = {7};
  CHECK(group_steps(config, some) == Lines{"0"});
}

// ---- what else is different without privilege -----------------------------------------------

TEST_CASE("without privilege a container needs a user namespace") {
  Workbench bench;
  bench.host = unprivileged_host();
  refuse_unprivileged(with_namespaces({{"pid", ""}}), bench.builder);
  CHECK(bench.pointers() == Lines{"?/linux/namespaces"});
}

TEST_CASE("without privilege nothing can be mounted in a mount namespace that is joined") {
  Workbench bench;
  bench.host = unprivileged_host();
  refuse_unprivileged(with_namespaces({{"user", "/u"}, {"mount", "/m"}}), bench.builder);
  CHECK(bench.pointers() == Lines{"?/linux/namespaces/1/path"});
}

TEST_CASE("TO-1: without privilege and offsets the clone makes the time namespace") {
  const spec::Config config = with_namespaces({{"user", ""}, {"time", ""}});
  Workbench bench;
  bench.host = unprivileged_host();
  compile_time_namespace(config, bench.builder);
  compile_clone(config, kNoSlot, false, bench.builder);
  CHECK(bench.the<Clone>().namespaces.flags == (CLONE_NEWUSER | CLONE_NEWTIME));
  CHECK(bench.plan().steps.size() == 1);
}

TEST_CASE(
    "TO-1: without privilege offsets are written before the child enters its time namespace") {
  spec::Config config = with_namespaces({{"user", ""}, {"time", ""}});
  config.linux.uid_mappings = config.linux.gid_mappings = {{.host_id = 1000, .size = 1}};
  config.linux.time_offsets = {{"monotonic", {.secs = 1}}};
  Workbench bench;
  bench.host = unprivileged_host();
  bench.host.uid = bench.host.gid = 1000;
  compile_time_namespace(config, bench.builder);
  compile_clone(config, kNoSlot, false, bench.builder);
  compile_user_namespace(config, bench.builder);
  CHECK(bench.the<Clone>().namespaces.flags == CLONE_NEWUSER);
  CHECK(bench.lines() ==
        Lines{"prologue clone namespaces='user' <- /linux/namespaces",
              "child new_time_namespace <- /linux/namespaces/1",
              "child synchronize sync='the user namespace is there' opens_proc",
              "host write_id_map file='uid_map' lines='0 1000 1\n' <- /linux/uidMappings",
              "host write_id_map file='setgroups' lines='deny' <- /linux/gidMappings",
              "host write_id_map file='gid_map' lines='0 1000 1\n' <- /linux/gidMappings",
              std::string("host write_id_map file='timens_offsets' lines='monotonic 1 0' <- ") +
                  "/linux/timeOffsets/monotonic",
              "child enter_time_namespace <- /linux/namespaces/1",
              "child become_namespace_root <- /linux/namespaces/0"});
  CHECK(bench.problems.empty());
}

TEST_CASE("a hard limit that cannot be raised is a problem") {
  spec::Config config;
  config.process.emplace();
  config.process->rlimits = {{.type = "RLIMIT_NOFILE", .soft = 10, .hard = 4096},
                             {.type = "RLIMIT_NOFILE", .soft = 10, .hard = 4097}};
  Workbench bench;
  bench.host.hard_limits.fill(4096);
  bench.host.may_raise_limits = false;
  compile_privileged_limits(config, bench.builder);
  CHECK(bench.pointers() == Lines{"?/process/rlimits/1/hard"});
}

TEST_CASE("the child opens the sources that the host may not, before the root is placed") {
  spec::Config config = with_mappings({mapping(0, 1000, 1)}, {mapping(0, 100, 1)});
  config.linux.namespaces.push_back({"mount", ""});
  config.root = spec::Root{.path = "rootfs"};
  config.mounts = {{.destination = "/data", .source = "/srv", .options = {"rbind", "rshared"}}};
  Workbench bench;
  bench.host = unprivileged_host();
  const Files files = compile_mount_sources(config, bench.builder);
  for (const std::string& line : bench.lines()) CHECK_THAT(line, !Catch::Contains("_tree"));
  compile_root(config, files, bench.builder);
  const Lines lines = bench.lines();
  CHECK_THAT(lines.at(0), Catch::StartsWith("child detach_propagation type='slave'"));
  CHECK(lines.at(1) ==
        "child clone_tree path='/b/rootfs' recursive no_magic_links to=0 <- /root/path");
  CHECK(lines.at(2) == "child clone_tree path='/srv' recursive to=1 <- /mounts/0/source");
  CHECK(lines.at(3) == "child clone_tree path='/dev/null' to=2");
  CHECK(bench.plan().steps.at(1).as<CloneTree>().to.slot == files.root);
  CHECK(bench.plan().steps.at(2).as<CloneTree>().recursive);
  CHECK_THAT(lines.at(lines.size() - 2), Catch::StartsWith("child attach_root"));
}

TEST_CASE("MO-idmap-1: without privilege no mount of the host gets an id mapping") {
  spec::Config config = with_mappings({mapping(0, 1000, 1)}, {mapping(0, 100, 1)});
  config.linux.namespaces.push_back({"mount", ""});
  config.root = spec::Root{.path = "rootfs"};
  config.mounts = {{.destination = "/data", .source = "/srv", .options = {"rbind", "idmap"}}};
  Workbench bench;
  bench.host = unprivileged_host();
  compile_mount_sources(config, bench.builder);
  CHECK(bench.pointers() == Lines{"?/mounts/0/options/1"});
}

TEST_CASE(
    "MO-2: a file system that shows a namespace is mounted by the owner of that namespace, or is "
    "an error") {
  const auto [type, space] = GENERATE(table<std::string, std::string>({
      {"sysfs", "network"},
      {"mqueue", "ipc"},
      {"proc", "pid"},
  }));
  spec::Config config = with_mappings({mapping(0, 0, 9)}, {mapping(0, 0, 9)});
  config.linux.namespaces.push_back({"mount", ""});
  config.root = spec::Root{.path = "rootfs"};
  config.mounts = {{.destination = "/x", .type = type, .source = type}};
  Workbench without, with;
  compile_mount_sources(config, without.builder);
  CHECK(without.pointers() == Lines{"/mounts/0/type"});
  CHECK_THAT(message_at(without.problems, "/mounts/0/type"), Catch::Contains("'" + space + "'"));
  config.linux.namespaces.push_back({space, ""});
  compile_mount_sources(config, with.builder);
  CHECK(with.pointers() == Lines{});
}

}  // namespace
}  // namespace berth::plan
