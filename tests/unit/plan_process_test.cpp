#include <linux/capability.h>

#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/process/capabilities.h"
#include "runtime/compile/process/limits.h"
#include "runtime/compile/process/process.h"

namespace berth::plan {
namespace {

spec::Config with_process(spec::Process process) {
  spec::Config config;
  config.process = std::move(process);
  return config;
}

std::uint64_t bits(const std::vector<int>& numbers) {
  std::uint64_t mask = 0;
  for (const int number : numbers) mask |= std::uint64_t{1} << number;
  return mask;
}

// ---- identity -------------------------------------------------------------------------------

void identify(const spec::Config& config, Workbench& bench) {
  compile_identity(config, compile_capabilities(config, bench.builder), bench.builder);
}

TEST_CASE("US-1 US-3 PR-CWD-1 PR-NNP-1: identity is given up in one order") {
  Workbench bench;
  identify(with_process({.cwd = "/work",
                         .capabilities = spec::Capabilities{},
                         .no_new_privileges = true,
                         .user = {.uid = 7, .gid = 8, .umask = 027, .additional_gids = {9}}}),
           bench);
  constexpr char kChange[] = "child change_directory path='/work' owner='7:8'";
  CHECK(bench.lines() ==
        Lines{
            std::string(kChange) + " refusal='tolerate' makes_missing <- /process/cwd",
            "child set_bounding_set <- /process/capabilities",
            "child set_groups gids=[9] <- /process/user/additionalGids",
            "child set_ids user='7:8' <- /process/user",
            "child set_capabilities <- /process/capabilities",
            "child set_ambient <- /process/capabilities",
            "child set_no_new_privileges <- /process/noNewPrivileges",
            "child change_directory path='/work' owner='7:8' makes_missing <- /process/cwd",
            "child set_umask umask='027' <- /process/user/umask",
        });
  CHECK(bench.the<SetUmask>().umask.bits == 027);
  CHECK(bench.the<SetIds>().user == Owner{.uid = 7, .gid = 8});
}

TEST_CASE("PR-CWD-1: the working directory is tried as root, and has to work as the user") {
  Workbench bench;
  identify(with_process({.cwd = "/", .user = {.uid = 7, .gid = 8}}), bench);
  std::vector<Errors> tries;
  for (const Step& step : bench.plan().steps) {
    if (!step.is<ChangeDirectory>()) continue;
    tries.push_back(step.as<ChangeDirectory>().refusal);
    CHECK(step.as<ChangeDirectory>().owner == Owner{.uid = 7, .gid = 8});
  }
  CHECK(tries == std::vector<Errors>{Errors::Tolerate, Errors::Report});
}

TEST_CASE("PR-CWD-1: a missing working directory is made for the user") {
  Workbench bench;
  const spec::Config config = with_process({.cwd = "/new", .user = {.uid = 7, .gid = 8}});
  compile_working_directory(config, bench.builder);
  CHECK(bench.lines() ==
        Lines{"child make_working_directory path='/new' owner='7:8' <- /process/cwd"});
  CHECK(bench.the<MakeWorkingDirectory>().owner == Owner{.uid = 7, .gid = 8});
}

TEST_CASE("US-2: without a umask it is 022") {
  Workbench bench;
  identify(with_process({}), bench);
  CHECK(bench.the<SetUmask>().umask.bits == 022);
}

TEST_CASE("US-3: the caller's groups are dropped when none are asked for") {
  Workbench bench;
  identify(with_process({}), bench);
  CHECK(bench.the<SetGroups>().gids.count == 0);
}

TEST_CASE("US-3: additional groups are an aligned array of numbers") {
  const std::vector<std::uint32_t> gids = {10, 0, 4294967294};
  Workbench bench;
  bench.builder.text("x");
  identify(with_process({.user = {.additional_gids = gids}}), bench);
  const NumberList list = bench.the<SetGroups>().gids;
  CHECK(list.offset % sizeof gids[0] == 0);
  CHECK(bench.numbers(list) == gids);
}

TEST_CASE("PR-NNP-1: no_new_privs is left alone when it is not asked for") {
  Workbench bench;
  identify(with_process({}), bench);
  CHECK_THROWS(bench.the<SetNoNewPrivileges>());
}

TEST_CASE("RT-START-4: without a process there is an identity without rights, and no program") {
  Workbench bench;
  identify({}, bench);
  compile_program({}, bench.builder);
  CHECK(bench.lines() == Lines{"child set_bounding_set", "child set_groups", "child set_ids",
                               "child set_capabilities", "child set_ambient",
                               "child set_umask umask='022'"});
  CHECK(bench.the<SetBoundingSet>().kept.mask == 0);
}

// ---- capabilities ---------------------------------------------------------------------------

CapabilityMasks masks_of(spec::Capabilities sets, Workbench& bench) {
  return compile_capabilities(with_process({.capabilities = std::move(sets)}), bench.builder);
}

TEST_CASE("PR-CAP-1: the five sets become masks") {
  Workbench bench;
  const CapabilityMasks masks = masks_of({.bounding = {"CAP_CHOWN", "CAP_KILL", "CAP_BPF"},
                                          .effective = {"CAP_CHOWN"},
                                          .inheritable = {"CAP_KILL", "CAP_BPF"},
                                          .permitted = {"CAP_CHOWN", "CAP_BPF"},
                                          .ambient = {"CAP_BPF"}},
                                         bench);
  CHECK(masks.bounding == bits({CAP_CHOWN, CAP_KILL, CAP_BPF}));
  CHECK(masks.effective == bits({CAP_CHOWN}));
  CHECK(masks.inheritable == bits({CAP_KILL, CAP_BPF}));
  CHECK(masks.permitted == bits({CAP_CHOWN, CAP_BPF}));
  CHECK(masks.ambient == bits({CAP_BPF}));
  CHECK(bench.plan().warnings.empty());
}

TEST_CASE("PR-CAP-1: the step has them as permitted, effective, inheritable") {
  Workbench bench;
  identify(with_process({.capabilities = spec::Capabilities{.bounding = {"CAP_KILL"},
                                                            .inheritable = {"CAP_KILL"},
                                                            .permitted = {"CAP_CHOWN"}}}),
           bench);
  const auto& step = bench.the<SetCapabilities>();
  CHECK(step.permitted.mask == bits({CAP_CHOWN}));
  CHECK(step.effective.mask == 0);
  CHECK(step.inheritable.mask == bits({CAP_KILL}));
  CHECK(bench.the<SetAmbient>().capabilities.mask == 0);
  CHECK(bench.the<SetBoundingSet>().kept.mask == bits({CAP_KILL}));
}

struct LeftOut {
  const char* title;
  spec::Capabilities sets;
  std::string pointer;
};

TEST_CASE("PR-CAP-1 PR-CAP-2: what cannot be granted is a warning at its place, and left out") {
  const auto [title, sets, pointer] = GENERATE(values<LeftOut>({
      {"unknown", {.bounding = {"CAP_KILL", "CAP_NOT_YET"}}, "/process/capabilities/bounding/1"},
      {"wrong case", {.bounding = {"cap_kill"}}, "/process/capabilities/bounding/0"},
      {"not on this host", {.permitted = {"CAP_SYS_ADMIN"}}, "/process/capabilities/permitted"},
      {"not bounding", {.inheritable = {"CAP_KILL"}}, "/process/capabilities/inheritable"},
      {"not permitted", {.effective = {"CAP_KILL"}}, "/process/capabilities/effective"},
      {"not inheritable",
       {.permitted = {"CAP_KILL"}, .ambient = {"CAP_KILL"}},
       "/process/capabilities/ambient"},
      {"newer than the kernel",
       {.bounding = {"CAP_CHECKPOINT_RESTORE"}},
       "/process/capabilities/bounding/0"},
  }));
  CAPTURE(title);
  Workbench bench;
  bench.host.last_capability = CAP_BPF;
  bench.host.bounding_set &= ~bits({CAP_SYS_ADMIN});
  (void)masks_of(sets, bench);
  CHECK(bench.problems.empty());
  REQUIRE(bench.plan().warnings.size() == 1);
  CHECK(bench.plan().warnings[0].compare(0, pointer.size() + 2, pointer + ": ") == 0);
}

TEST_CASE("PR-CAP-1: a user namespace begins with all capabilities") {
  spec::Config config =
      with_process({.capabilities = spec::Capabilities{.bounding = {"CAP_SYS_ADMIN"}}});
  config.linux.namespaces = {{"user", ""}};
  Workbench bench;
  bench.host.bounding_set = 0;
  CHECK(compile_capabilities(config, bench.builder).bounding == bits({CAP_SYS_ADMIN}));
  CHECK(bench.plan().warnings.empty());
}

TEST_CASE("absent capabilities are none") {
  Workbench bench;
  identify(with_process({}), bench);
  CHECK(bench.the<SetBoundingSet>().kept.mask == 0);
  CHECK(bench.the<SetCapabilities>().permitted.mask == 0);
}

// ---- limits ---------------------------------------------------------------------------------

TEST_CASE("PR-OOM-1: the oom score adjustment is set by the host") {
  Workbench bench;
  compile_privileged_limits(with_process({.oom_score_adj = -7}), bench.builder);
  CHECK(bench.lines() == Lines{"host set_oom_score_adj value=-7 <- /process/oomScoreAdj"});
}

TEST_CASE("PR-OOM-2: it is left alone when not configured") {
  Workbench bench;
  compile_privileged_limits(with_process({}), bench.builder);
  CHECK(bench.lines().empty());
}

TEST_CASE("PR-RL-1: every resource limit of the kernel has its number") {
  const auto [type, resource] = GENERATE(table<std::string, std::uint64_t>({
      {"RLIMIT_AS", RLIMIT_AS},
      {"RLIMIT_CORE", RLIMIT_CORE},
      {"RLIMIT_CPU", RLIMIT_CPU},
      {"RLIMIT_DATA", RLIMIT_DATA},
      {"RLIMIT_FSIZE", RLIMIT_FSIZE},
      {"RLIMIT_LOCKS", RLIMIT_LOCKS},
      {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
      {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
      {"RLIMIT_NICE", RLIMIT_NICE},
      {"RLIMIT_NOFILE", RLIMIT_NOFILE},
      {"RLIMIT_NPROC", RLIMIT_NPROC},
      {"RLIMIT_RSS", RLIMIT_RSS},
      {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
      {"RLIMIT_RTTIME", RLIMIT_RTTIME},
      {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
      {"RLIMIT_STACK", RLIMIT_STACK},
  }));
  Workbench bench;
  compile_rlimits(with_process({.rlimits = {{type, 1, RLIM_INFINITY}}}), bench.builder);
  CHECK(bench.lines() == Lines{"child allow_cores",
                               "child set_rlimit name='" + type + "'" +
                                   (resource == 0 ? "" : " resource=" + std::to_string(resource)) +
                                   " soft='1' hard='unlimited' <- /process/rlimits/0"});
  CHECK(bench.the<SetRlimit>().resource == resource);
}

TEST_CASE("PR-RL-2: soft and hard are set as they are") {
  Workbench bench;
  compile_rlimits(with_process({.rlimits = {{"RLIMIT_NOFILE", 100, 200}}}), bench.builder);
  CHECK(bench.the<SetRlimit>().soft.value == 100);
  CHECK(bench.the<SetRlimit>().hard.value == 200);
}

TEST_CASE("PR-RL-2: only above our own hard limit does the host have to raise one") {
  Workbench bench;
  bench.host.hard_limits[RLIMIT_NOFILE] = 1000;
  bench.host.hard_limits[RLIMIT_CORE] = 0;
  compile_privileged_limits(with_process({.rlimits = {{"RLIMIT_NOFILE", 10, 1000},
                                                      {"RLIMIT_CORE", 1, RLIM_INFINITY},
                                                      {"RLIMIT_AS", 1, RLIM_INFINITY}}}),
                            bench.builder);
  CHECK(bench.lines() == Lines{"host raise_rlimit name='RLIMIT_CORE' resource=4 hard='unlimited' "
                               "<- /process/rlimits/1/hard"});
  CHECK(bench.the<RaiseRlimit>().resource == RLIMIT_CORE);
  CHECK(bench.the<RaiseRlimit>().hard.value == RLIM_INFINITY);
}

// ---- program and terminal -------------------------------------------------------------------

TEST_CASE("PR-ARGS-1: the first argument is the file to execute") {
  Workbench bench;
  compile_find_program(with_process({.env = {"A=1"}, .args = {"sh", "-c", ""}}), bench.builder);
  const auto& step = bench.the<FindProgram>();
  CHECK(bench.text(step.file) == "sh");
  CHECK(bench.list(step.arguments) == Lines{"sh", "-c", ""});
  CHECK(bench.list(step.variables) == Lines{"A=1"});
}

TEST_CASE(
    "PR-ENV-1: of a variable that comes twice the last one counts, at the first one's place") {
  Workbench bench;
  compile_find_program(with_process({.env = {"A=1", "AB=2", "A=3=4", "C="}, .args = {"x"}}),
                       bench.builder);
  CHECK(bench.list(bench.the<FindProgram>().variables) == Lines{"A=3=4", "AB=2", "C="});
}

TEST_CASE("HOME is that of the user in the image's passwd, and / where it cannot be read") {
  Workbench bench;
  bench.request.passwd = "";
  bench.request.passwd_error = "open '/b/rootfs/etc/passwd': too many levels";
  compile_find_program(with_process({.env = {"A=1", "HOME="}, .args = {"x"}}), bench.builder);
  CHECK(bench.list(bench.the<FindProgram>().variables) == Lines{"A=1", "HOME=/"});
  REQUIRE(bench.plan().warnings.size() == 1);
  CHECK(bench.plan().warnings[0].find("too many levels") != std::string::npos);
}

TEST_CASE("RL-FD-2: sockets that are passed on are announced, with pid 1 where it is that") {
  const auto [namespaces, expected] = GENERATE(table<std::vector<spec::Namespace>, Lines>({
      {{{"pid", ""}}, {"LISTEN_FDS=2", "LISTEN_PID=1"}},
      {{{"pid", "/p"}}, {"LISTEN_FDS=2"}},
      {{}, {"LISTEN_FDS=2"}},
  }));
  spec::Config config = with_process({.env = {"LISTEN_FDS=9"}, .args = {"x"}});
  config.linux.namespaces = namespaces;
  Workbench bench;
  bench.request.listen_fds = 2;
  compile_find_program(config, bench.builder);
  CHECK(bench.list(bench.the<FindProgram>().variables) == expected);
}

TEST_CASE("SR-48: the program is looked for again where it may have gone meanwhile") {
  const auto [at_once, is_filtered, has_hook, is_sought] =
      GENERATE(table<bool, bool, bool, bool>({{false, false, false, true},
                                              {false, true, false, false},
                                              {false, true, true, true},
                                              {true, false, true, true},
                                              {true, false, false, false}}));
  spec::Config config = with_process({.args = {"x", "y"}});
  if (has_hook) config.hooks.start_container = {{"/h"}};
  Workbench bench;
  bench.request.start_at_once = at_once;
  compile_find_program_again(config, is_filtered, bench.builder);
  REQUIRE(bench.plan().steps.size() == (is_sought ? 1 : 0));
  if (is_sought) CHECK(bench.the<FindProgram>().arguments.count == 0);
}

TEST_CASE("RL-FD-2: what the caller had closed among the passed ones is named") {
  Workbench bench;
  bench.request.preserved_fds = 4;
  bench.request.closed_fds = {3, 5};
  compile_closing(bench.builder);
  const auto& step = bench.the<CloseDescriptors>();
  CHECK(step.passed_on == 4);
  CHECK(bench.numbers(step.closed) == std::vector<std::uint32_t>{3, 5});
}

TEST_CASE("streams are looked at where there is no terminal") {
  const bool terminal = GENERATE(false, true);
  Workbench bench;
  compile_streams(with_process({.terminal = terminal}), bench.builder);
  CHECK(bench.lines() == (terminal ? Lines{} : Lines{"child replace_null path='/dev/null'"}));
}

TEST_CASE("PR-TTY-1 PR-TTY-2: the terminal has its size, its user and its other end") {
  const spec::Config config =
      with_process({.terminal = true,
                    .console_size = spec::ConsoleSize{.height = 24, .width = 80},
                    .user = {7}});
  Workbench bench;
  bench.request.console_socket = "/run/console";
  const Slot console = compile_console_source(config, bench.builder);
  compile_terminal(config, console, true, bench.builder);
  CHECK(bench.lines() ==
        Lines{"host connect_console socket='/run/console' to=0 <- /process/terminal",
              "child open_terminal console=0 rows=24 columns=80 owner=7 binds_console <- "
              "/process/terminal"});
  const auto& step = bench.the<OpenTerminal>();
  CHECK(step.console == bench.the<ConnectConsole>().to.slot);
  CHECK(step.rows == 24);
  CHECK(step.columns == 80);
  CHECK(step.owner == 7);
}

TEST_CASE("lines end plainly where berth relays them to something that is not a terminal") {
  const auto [relayed, plain] =
      GENERATE(table<bool, bool>({{true, true}, {true, false}, {false, true}}));
  Workbench bench;
  bench.request.relay_terminal = relayed;
  bench.request.plain_lines = plain;
  bench.request.console_socket = relayed ? "" : "/run/console";
  const spec::Config config = with_process({.terminal = true});
  compile_terminal(config, compile_console_source(config, bench.builder), true, bench.builder);
  CHECK(bench.the<OpenTerminal>().plain_lines == (relayed && plain));
}

TEST_CASE("PR-TTY-1: a foreground run is the other end itself") {
  Workbench bench;
  bench.request.relay_terminal = true;
  CHECK(compile_console_source(with_process({.terminal = true}), bench.builder) == Slot{0});
  CHECK(bench.lines() == Lines{"host connect_console to=0 <- /process/terminal"});
}

TEST_CASE("PR-TTY-2: without a terminal its size does not matter") {
  const spec::Config config =
      with_process({.console_size = spec::ConsoleSize{.height = 24, .width = 80}});
  Workbench bench;
  compile_terminal(config, compile_console_source(config, bench.builder), true, bench.builder);
  CHECK(bench.lines().empty());
  CHECK(bench.problems.empty());
}

TEST_CASE("PR-TTY-1: a terminal and its other end need each other") {
  const auto [terminal, socket] = GENERATE(table<bool, std::string>({{true, ""}, {false, "/s"}}));
  Workbench bench;
  bench.request.console_socket = socket;
  compile_console_source(with_process({.terminal = terminal}), bench.builder);
  CHECK(bench.pointers() == Lines{"/process/terminal"});
}

}  // namespace
}  // namespace berth::plan
