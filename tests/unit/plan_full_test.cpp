// The golden Plans: every step of a config that has something of every phase.
#include <catch2/catch.hpp>

#include "full_plan.h"

namespace berth::plan {
namespace {

TEST_CASE("the phases of a full config, in their order (SR-27)") {
  const Compiled result = compiled(full_config());
  REQUIRE(result.problems.list().size() == 0);
  CHECK(frame_of(result.plan) == Lines{
                                     "host connect_console",
                                     "host check_net_device",
                                     "host listen_for_start",
                                     "host make_cgroup",
                                     "host open_cgroup",
                                     "host make_rdt_group",
                                     "host set_rdt_schema",
                                     "prologue new_time_namespace",
                                     "prologue write_time_offsets",
                                     "prologue clone",
                                     "host make_cgroup",
                                     "host open_cgroup",
                                     "host write_cgroup_file",
                                     "host enter_rdt_group",
                                     "host set_oom_score_adj",
                                     "host raise_rlimit",
                                     "child loopback_up",
                                     "child synchronize",
                                     "host make_filter",
                                     "host keep_config",
                                     "host keep_filter",
                                     "child enter_cgroup",
                                     "child synchronize",
                                     "host write_id_map",
                                     "child become_namespace_root",
                                     "child new_session",
                                     "child new_keyring",
                                     "child new_cgroup_namespace",
                                     "child place",
                                     "child make_working_directory",
                                     "child place",
                                     "child synchronize",
                                     "host check_net_device",
                                     "host move_net_device",
                                     "host write_cgroup_file",
                                     "host run_host_hook",
                                     "child run_hook",
                                     "child open_proc",
                                     "child enter_root",
                                     "child open_terminal",
                                     "child write_sysctl",
                                     "child set_hostname",
                                     "child set_domainname",
                                     "child protect_path",
                                     "child close_proc",
                                     "child set_affinity",
                                     "child close_descriptors",
                                     "child change_directory",
                                     "child set_bounding_set",
                                     "child set_groups",
                                     "child set_ids",
                                     "child set_capabilities",
                                     "child set_ambient",
                                     "child set_no_new_privileges",
                                     "child change_directory",
                                     "child set_umask",
                                     "child find_program",
                                     "child synchronize",
                                     "child wait_for_start",
                                     "child run_hook",
                                     "child announce_program",
                                     "child find_program",
                                     "child close_descriptors",
                                     "child allow_cores",
                                     "child set_rlimit",
                                     "child load_seccomp",
                                     "child execute",
                                     "start run_poststart_hook",
                                 });
}

TEST_CASE("the way into a container with joined namespaces and sources on the host") {
  spec::Config config = full_config();
  config.linux.namespaces = {{"network", "/n"}, {"user", "/u"}, {"time", ""}, {"mount", ""}};
  config.linux.time_offsets.clear();
  config.linux.sysctl.clear();
  config.hostname.clear();
  config.domainname.clear();
  config.linux.cgroups_path = "/x";
  config.mounts = {{.destination = "/cg", .type = "cgroup", .source = "cgroup", .options = {"ro"}}};
  const Compiled result = compiled(config);
  REQUIRE(result.problems.list().size() == 0);
  Lines lines;
  for (const Step& step : result.plan.steps) {
    if (step.is<Clone>()) break;
    lines.push_back(line_of(result.plan, step));
  }
  const auto is_device = [](const std::string& line) {
    return line.find("'/dev/") != std::string::npos;
  };
  lines.erase(std::remove_if(lines.begin(), lines.end(), is_device), lines.end());
  CHECK(lines ==
        Lines{
            "host open_tree path='/b/rootfs' recursive no_magic_links to=0 <- /root/path",
            "host open_namespace path='/n' type='network' to=7 <- /linux/namespaces/0/path",
            "host open_namespace path='/u' type='user' to=8 <- /linux/namespaces/1/path",
            "host connect_console to=9 <- /process/terminal",
            "host check_net_device name='eth1' <- /linux/netDevices/eth1",
            "host listen_for_start to=10",
            "host make_cgroup path='/cg/unified/x' directory=1 <- /linux/cgroupsPath",
            "host open_cgroup path='/cg/unified/x' directory=1 to=11 <- /linux/cgroupsPath",
            "host make_rdt_group path='/r/web1' <- /linux/intelRdt",
            "host set_rdt_schema path='/r/web1' line='MB:0=20' <- /linux/intelRdt/memBwSchema",
            "prologue enter_cgroup path='/cg/unified/x' cgroup=11 is_unified <- /linux/cgroupsPath",
            "prologue new_time_namespace <- /linux/namespaces/2",
            "prologue set_groups refusal='tolerate'",
            std::string("prologue join_namespace path='/n' type='network' namespace=7 "
                        "refusal='tolerate' <- ") +
                "/linux/namespaces/0/path",
            "prologue join_namespace path='/u' type='user' namespace=8 <- /linux/namespaces/1/path",
            std::string("prologue join_namespace path='/n' type='network' namespace=7 <- ") +
                "/linux/namespaces/0/path",
        });
}

}  // namespace
}  // namespace berth::plan
