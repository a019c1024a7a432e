// What the program finds: environment, directory, identity, limits, privileges.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Machine, "the environment is the configured one (PR-ENV-1 SR-25)", "[process]") {
  Bundle bundle = new_bundle().set("/process/env", R"(["B=2", "PATH=/bin", "EMPTY=", "HOME=/h"])");
  CHECK_THAT(run(bundle.args({"env"})), Prints("B=2\nPATH=/bin\nEMPTY=\nHOME=/h\n"));
}

TEST_CASE_METHOD(Machine, "cwd is entered (PR-CWD-1)", "[process]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/var/log")");
  CHECK_THAT(run(bundle.args({"pwd"})), Prints("/var/log\n"));
}

TEST_CASE_METHOD(Machine, "a missing cwd is made, for the user", "[process]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/new/deep")");
  CHECK_THAT(run(bundle, "pwd"), Prints("/new/deep\n"));
}

TEST_CASE_METHOD(Machine, "cwd is absolute (PR-CWD-1)", "[process]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("var/log")");
  CHECK_THAT(run(bundle), Fails({"absolute"}));
}

TEST_CASE_METHOD(Machine, "a cwd that only the user may enter works", "[process]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/private")");
  const std::string directory = bundle.in_image("/private");
  std::filesystem::create_directory(directory);
  REQUIRE(chown(directory.c_str(), 1000, 1000) == 0);
  REQUIRE(chmod(directory.c_str(), 0700) == 0);
  bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  CHECK_THAT(run(bundle, "pwd"), Prints("/private\n"));
}

TEST_CASE_METHOD(Machine, "user, group and additional groups are set, no others (US-1 US-3 SR-22)",
                 "[process]") {
  Bundle bundle =
      new_bundle().set("/process/user", R"({"uid": 1000, "gid": 1001, "additionalGids": [5, 77]})");
  CHECK_THAT(run(bundle, "id -u; id -g; grep Groups: /proc/self/status"),
             Prints("1000\n1001\nGroups:\t5 77 \n"));
  bundle.erase("/process/user/additionalGids");
  CHECK_THAT(run(bundle, "id -u; grep Groups: /proc/self/status"), Prints("1000\nGroups:\t \n"));
}

TEST_CASE_METHOD(Machine, "umask is as configured, 0022 otherwise (US-2 SR-24)", "[process]") {
  Bundle bundle = new_bundle();
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  bundle.script("umask");
  command.prepare = [] { umask(077); };
  CHECK_THAT(run_command(command), Prints("0022\n"));
  bundle.set("/process/user/umask", "63");
  CHECK_THAT(run(bundle), Prints("0077\n"));
}

TEST_CASE_METHOD(Machine, "rlimits have exactly the configured values (PR-RL-1 PR-RL-2)",
                 "[process]") {
  Bundle bundle = new_bundle().set("/process/rlimits", R"([
    {"type": "RLIMIT_NOFILE", "soft": 100, "hard": 200},
    {"type": "RLIMIT_CORE", "soft": 0, "hard": 0},
    {"type": "RLIMIT_NPROC", "soft": 500, "hard": 501},
    {"type": "RLIMIT_STACK", "soft": 1048576, "hard": 8388608},
    {"type": "RLIMIT_FSIZE", "soft": 4096, "hard": 8192},
    {"type": "RLIMIT_AS", "soft": 100000000, "hard": 100000001}])");
  const Outcome limits = run(bundle, "cat /proc/self/limits");
  REQUIRE_THAT(limits, Succeeds());
  const struct {
    const char* name;
    const char* soft;
    const char* hard;
  } rows[] = {{"Max open files", "100", "200"},  {"Max core file size", "0", "0"},
              {"Max processes", "500", "501"},   {"Max stack size", "1048576", "8388608"},
              {"Max file size", "4096", "8192"}, {"Max address space", "100000000", "100000001"}};
  for (const auto& row : rows) {
    INFO(row.name << " in " << limits.out);
    const std::size_t at = limits.out.find(row.name);
    REQUIRE(at != std::string::npos);
    const std::vector<std::string> words =
        words_of(limits.out.substr(at + std::string(row.name).size(), 80));
    CHECK(words.at(0) == row.soft);
    CHECK(words.at(1) == row.hard);
  }
}

TEST_CASE_METHOD(Machine, "every limit of the kernel can be set (PR-RL-1 PR-RL-2)", "[process]") {
  const struct {
    const char* name;
    __rlimit_resource number;
    rlim_t wanted;
  } rows[] = {
      {"AS", RLIMIT_AS, rlim_t{1} << 40},
      {"CORE", RLIMIT_CORE, 1},
      {"CPU", RLIMIT_CPU, 1000},
      {"DATA", RLIMIT_DATA, rlim_t{1} << 40},
      {"FSIZE", RLIMIT_FSIZE, 1 << 20},
      {"LOCKS", __RLIMIT_LOCKS, 7},
      {"MEMLOCK", RLIMIT_MEMLOCK, 4096},
      {"MSGQUEUE", __RLIMIT_MSGQUEUE, 4096},
      {"NICE", __RLIMIT_NICE, 0},
      {"NOFILE", RLIMIT_NOFILE, 64},
      {"NPROC", __RLIMIT_NPROC, 100},
      {"RSS", __RLIMIT_RSS, 1 << 20},
      {"RTPRIO", __RLIMIT_RTPRIO, 0},
      {"RTTIME", __RLIMIT_RTTIME, 1000000},
      {"SIGPENDING", __RLIMIT_SIGPENDING, 100},
      {"STACK", RLIMIT_STACK, 1 << 20},
  };
  static_assert(std::size(rows) == __RLIMIT_NLIMITS);
  Bundle bundle = new_bundle().args({"sleep", "1000"}).set("/process/rlimits", "[]");
  for (const auto& row : rows) {
    std::string limit = R"({"type": "RLIMIT_)" + std::string(row.name);
    for (const char* member : {R"(", "soft": )", R"(, "hard": )"}) {
      limit.append(member).append(std::to_string(row.wanted));
    }
    bundle.set("/process/rlimits/-", limit + "}");
  }
  Container box(*this, bundle);
  box.create_and_start();
  for (const auto& row : rows) {
    INFO(row.name);
    rlimit limit{};
    REQUIRE(prlimit(box.pid(), row.number, nullptr, &limit) == 0);
    CHECK(limit.rlim_cur == row.wanted);
    CHECK(limit.rlim_max == row.wanted);
  }
}

TEST_CASE_METHOD(Machine, "an unknown rlimit is refused (PR-RL-1)", "[process]") {
  Bundle bundle =
      new_bundle().set("/process/rlimits", R"([{"type": "RLIMIT_X", "soft": 1, "hard": 1}])");
  CHECK_THAT(run(bundle), Fails());
}

TEST_CASE_METHOD(Machine,
                 "an rlimit listed twice, or soft above hard, is refused at its property "
                 "(PR-RL-3 VV-1)",
                 "[process][berth]") {
  Bundle bundle = new_bundle().set("/process/rlimits", R"([
    {"type": "RLIMIT_NOFILE", "soft": 1, "hard": 1},
    {"type": "RLIMIT_NOFILE", "soft": 2, "hard": 2},
    {"type": "RLIMIT_CPU", "soft": 3, "hard": 2}])");
  CHECK_THAT(run(bundle), Fails({"/process/rlimits/1", "/process/rlimits/2"}));
}

TEST_CASE_METHOD(Machine, "without rlimits the caller's stay", "[process]") {
  rlimit own{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &own) == 0);
  Bundle bundle = new_bundle().erase("/process/rlimits");
  CHECK_THAT(run(bundle, "ulimit -Sn; ulimit -Hn"),
             Prints(std::to_string(own.rlim_cur) + "\n" + std::to_string(own.rlim_max) + "\n"));
}

TEST_CASE_METHOD(Machine, "a hard limit above the caller's is set where that is allowed (PR-RL-2)",
                 "[process]") {
  rlimit own{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &own) == 0);
  rlimit more{.rlim_cur = own.rlim_cur, .rlim_max = own.rlim_max + 1};
  if (setrlimit(RLIMIT_NOFILE, &more) != 0)
    return skip("no CAP_SYS_RESOURCE: hard limits are fixed");
  REQUIRE(setrlimit(RLIMIT_NOFILE, &own) == 0);
  const std::string value = std::to_string(more.rlim_max);
  Bundle bundle = new_bundle().set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": )" +
                                                           value + R"(, "hard": )" + value + "}]");
  CHECK_THAT(run(bundle, "ulimit -Sn; ulimit -Hn"), Prints(value + "\n" + value + "\n"));
}

TEST_CASE_METHOD(Machine, "oomScoreAdj is set when configured, else left alone (PR-OOM-1 PR-OOM-2)",
                 "[process]") {
  const std::string own = read_file("/proc/self/oom_score_adj");
  Bundle bundle = new_bundle();
  CHECK_THAT(run(bundle, "cat /proc/self/oom_score_adj"), Prints(own));
  const std::string more = std::to_string(std::min(1000, std::stoi(own) + 100));
  bundle.set("/process/oomScoreAdj", more);
  CHECK_THAT(run(bundle, "cat /proc/self/oom_score_adj"), Prints(more + "\n"));
}

TEST_CASE_METHOD(Machine, "sysctls of the container's namespaces are set, the host's stay (SY-1)",
                 "[process]") {
  const char* files[] = {"/proc/sys/net/ipv4/ip_default_ttl", "/proc/sys/kernel/shmmni"};
  std::vector<std::string> before;
  for (const char* file : files) before.push_back(read_file(file));
  Bundle bundle = new_bundle().set("/linux/sysctl",
                                   R"({"net.ipv4.ip_default_ttl": "77", "kernel.shmmni": "1234"})");
  CHECK_THAT(run(bundle, std::string("cat ") + files[0] + " " + files[1]), Prints("77\n1234\n"));
  for (std::size_t i = 0; i < 2; ++i) CHECK(read_file(files[i]) == before[i]);
}

TEST_CASE_METHOD(Machine, "sysctls of the whole machine are refused (SY-1 SR-10)",
                 "[process][security]") {
  const std::string before = read_file("/proc/sys/kernel/panic");
  Bundle global = new_bundle().set("/linux/sysctl", R"({"kernel.panic": "11"})");
  CHECK_THAT(run(global), Fails({"kernel.panic"}));
  Bundle host_net = new_bundle().drop_namespace("network");
  host_net.set("/linux/sysctl", R"({"net.ipv4.ip_default_ttl": "77"})");
  CHECK_THAT(run(host_net), Fails({"net.ipv4.ip_default_ttl"}));
  CHECK(read_file("/proc/sys/kernel/panic") == before);
}

TEST_CASE_METHOD(Machine, "a sysctl that is a way out of /proc/sys is refused (SY-1 SR-10)",
                 "[process][security]") {
  for (const char* key :
       {"net/../kernel/panic", "net.ipv4.../../../sysrq-trigger", "/etc/passwd"}) {
    INFO(key);
    Bundle bundle = new_bundle().set("/linux/sysctl", "{" + json::quote(key) + R"(: "1"})");
    CHECK_THAT(run(bundle), Fails());
  }
}

TEST_CASE_METHOD(Machine, "unknown properties are ignored (EX-1)", "[process]") {
  Bundle bundle = new_bundle()
                      .set("/somethingNew", R"({"a": [1]})")
                      .set("/process/somethingNew", "true")
                      .set("/linux/resources/somethingNew", "[]");
  CHECK_THAT(run(bundle, "echo fine"), Prints("fine\n"));
}

}  // namespace
}  // namespace berth::test
