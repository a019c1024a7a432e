// Containers of a user without any privilege, with no more help than newuidmap(1).
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/terminal.h"
#include "tests/integration/harness/user_machine.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

TEST_CASE_METHOD(UserMachine, "a user runs a container with no help at all (UM-1 SR-49)",
                 "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  CHECK_THAT(user_run(bundle,
                      "id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map "
                      "/proc/self/setgroups; echo > /dev/null; ls -d /sys/kernel"),
             Prints(std::string("0\n0\n") + kOwnMap + kOwnMap + "deny\n/sys/kernel\n"));
}

TEST_CASE_METHOD(UserMachine, "device rules that a user cannot set change nothing, without a word",
                 "[rootless][remarks][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  bundle.set("/linux/resources", R"({"devices": [{"allow": false, "access": "rwm"}]})");
  const Outcome outcome = user_run(bundle.args({"true"}));
  CHECK_THAT(outcome, Succeeds());
  CHECK(outcome.err.empty());
  CHECK_THAT(user({"plan", "--bundle", bundle.directory()}), Warns({"/linux/resources/devices"}));
}

TEST_CASE_METHOD(UserMachine, "a user has containers where /proc hides processes (SR-34)",
                 "[rootless][berth]") {
  if (is_refused()) return;
  hide_processes();
  Bundle bundle = user_bundle();
  CHECK_THAT(user_run(bundle, "echo lives"), Prints("lives\n"));
  bundle.args({"sleep", "1000"});
  const auto status = [&] { return json::get(user({"state", "box"}).out, "/status"); };
  REQUIRE_THAT(user({"create", "--bundle", bundle.directory(), "box"}), Succeeds());
  CHECK(status() == "created");
  CHECK_THAT(user({"delete", "box"}), Succeeds());
  CHECK_THAT(user({"state", "box"}), Fails({"does not exist"}));
  REQUIRE_THAT(user({"create", "--bundle", bundle.directory(), "box"}), Succeeds());
  REQUIRE_THAT(user({"start", "box"}), Succeeds());
  CHECK(status() == "running");
  CHECK_THAT(user({"kill", "box", "KILL"}), Succeeds());
  CHECK(eventually([&] { return status() == "stopped"; }));
  CHECK_THAT(user({"delete", "box"}), Succeeds());
}

TEST_CASE_METHOD(UserMachine, "a user's container has time offsets (TO-1)", "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle().add_namespace("time").set(
      "/linux/timeOffsets", R"({"monotonic": {"secs": 7881}, "boottime": {"secs": 1000000}})");
  const Outcome outcome = user_run(bundle, "cat /proc/self/timens_offsets; cat /proc/uptime");
  REQUIRE_THAT(outcome, Succeeds());
  const std::vector<std::string> words = words_of(outcome.out);
  CHECK(std::vector<std::string>(words.begin(), words.begin() + 6) ==
        std::vector<std::string>{"monotonic", "7881", "0", "boottime", "1000000", "0"});
  CHECK(std::stod(words.at(6)) > 1000000);
}

TEST_CASE_METHOD(UserMachine, "a user's time offset that no clock can have is refused by its name",
                 "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle().add_namespace("time").set(
      "/linux/timeOffsets", R"({"monotonic": {"secs": -1000000000}})");
  CHECK_THAT(user_run(bundle, "true"), Fails({"/linux/timeOffsets/monotonic"}));
}

TEST_CASE_METHOD(UserMachine, "the life of a user's container (RT-STATE-1 RT-LC-1)",
                 "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  bundle.args({"sleep", "1000"});
  const auto status = [&] { return json::get(user({"state", "box"}).out, "/status"); };
  Child creator(command({"create", "--bundle", bundle.directory(), "box"}));
  REQUIRE_THAT(creator.wait(), Succeeds());
  CHECK(status() == "created");
  const std::string pid = json::get(user({"state", "box"}).out, "/pid");
  CHECK(words_of(status_field(std::stoi(pid), "Uid")) == std::vector<std::string>(4, "65534"));
  // Nothing of it can be inspected, not even by its own user: CVE-2016-9962.
  CHECK(run_command(as_user({.argv = {"readlink", "/proc/" + pid + "/exe"}})).status != 0);
  CHECK(run_command(as_user({.argv = {"ls", "/proc/" + pid + "/fd"}})).status != 0);
  REQUIRE_THAT(user({"start", "box"}), Succeeds());
  CHECK(status() == "running");
  CHECK_THAT(user({"delete", "box"}), Fails({"running"}));
  const sys::Fd process = open_pidfd(std::stoi(pid));
  REQUIRE_THAT(user({"kill", "--all", "box", "KILL"}), Succeeds());
  wait_for_exit(process);
  CHECK(status() == "stopped");
  CHECK_THAT(user({"delete", "box"}), Succeeds());
  reap(process);
}

TEST_CASE_METHOD(UserMachine, "a user executes programs in a container (UM-1 SR-49)",
                 "[rootless][exec][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  bundle.args({"sleep", "1000"});
  Child creator(command({"run", "--detach", "--bundle", bundle.directory(), "box"}));
  REQUIRE_THAT(creator.wait(), Succeeds());
  const std::string pid = json::get(user({"state", "box"}).out, "/pid");
  CHECK_THAT(user({"exec", "box", "cat", "/proc/self/uid_map"}), Prints(kOwnMap));
  CHECK(user({"exec", "box", "sh", "-c", "exit 7"}).status == 7);
  CHECK(user({"exec", "box", "/nothing"}).status == 127);
  const std::string names =
      "for n in cgroup ipc mnt net pid user uts; do readlink /proc/$1/ns/$n; done";
  const Outcome inside = user({"exec", "box", "sh", "-c", names, "sh", "self"});
  CHECK_THAT(user({"exec", "box", "sh", "-c", names, "sh", "1"}), Prints(inside.out));
  CHECK(lines_of(inside.out).size() == 7);
  // What a user may execute there, a kill of the container ends.
  Child waiting(command({"exec", "box", "sh", "-c", "echo ready; exec sleep 1000"}));
  waiting.wait_for_output("ready");
  const sys::Fd process = open_pidfd(std::stoi(pid));
  CHECK_THAT(user({"delete", "--force", "box"}), Succeeds());
  CHECK(waiting.wait().status == 128 + SIGKILL);
  wait_for_exit(process);
  reap(process);
}

TEST_CASE_METHOD(UserMachine, "a user who may not make user namespaces cannot make a container",
                 "[rootless][berth]") {
  Bundle bundle = user_bundle();
  bundle.drop_namespace("user").erase("/linux/uidMappings").erase("/linux/gidMappings");
  CHECK_THAT(user_run(bundle, "true"), Fails({"/linux/namespaces", "'user'"}));
}

// ---- what a user may ------------------------------------------------------------------------

TEST_CASE_METHOD(UserMachine, "a user has a network, mounts, devices and a score of its own",
                 "[rootless][berth]") {
  if (is_refused()) return;
  write_file(home() + "/file", "text\n");
  give(home() + "/file");
  Bundle bundle = user_bundle();
  bundle.add_namespace("network")
      .set("/process/oomScoreAdj", "1000")
      .add_mount("tmpfs", "tmpfs", "/tmp", {"nosuid"})
      .add_mount("none", home() + "/file", "/tmp/file", {"bind", "ro"});
  CHECK_THAT(user_run(bundle,
                      "cat /proc/self/oom_score_adj; grep -c lo: /proc/net/dev; "
                      "cat /tmp/file; echo x > /tmp/file; head -c 3 /dev/zero | wc -c"),
             Prints("1000\n1\ntext\n3\n"));
}

/// What `podman run --pid host` writes for a user.
Bundle in_pid_namespace_of_host(Bundle bundle) {
  bundle.drop_namespace("pid").add_namespace("network");
  bundle.set("/mounts/0", R"({"destination": "/proc", "source": "/proc", "options": ["rbind"]})");
  return bundle.set("/linux/sysctl", R"({"net.ipv4.ping_group_range": "0 0"})");
}

TEST_CASE_METHOD(UserMachine,
                 "a user's container has parameters also in the host's pid namespace (SY-1 SR-9)",
                 "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = in_pid_namespace_of_host(user_bundle());
  CHECK_THAT(user_run(bundle, "cat /proc/sys/net/ipv4/ping_group_range"), Prints("0\t0\n"));
}

TEST_CASE_METHOD(UserMachine,
                 "a file that covers a parameter in the caller's /proc is never written",
                 "[rootless][security][berth]") {
  if (is_refused()) return;
  cover("/proc/sys/net/ipv4/ping_group_range");
  Bundle bundle = in_pid_namespace_of_host(user_bundle());
  // Each network namespace has its own file behind that name, so the cover may not be in the way.
  // If it is, berth says so.
  const Outcome outcome = user_run(bundle, "true");
  CHECK((outcome.status == 0 || contains(outcome.err, "/linux/sysctl/net.ipv4.ping_group_range")));
  CHECK(read_file(cover()).empty());
}

TEST_CASE_METHOD(UserMachine, "a user's container has a terminal (TERM-1)", "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  bundle.set("/process/terminal", "true").script("tty; id -u; exec sleep 1000");
  const std::string path = home() + "/console";
  ConsoleSocket socket(path);
  give(path);
  Child creator(
      command({"create", "--console-socket", path, "--bundle", bundle.directory(), "box"}));
  const sys::Fd master = socket.receive_master();
  REQUIRE_THAT(creator.wait(), Succeeds());
  REQUIRE_THAT(user({"start", "box"}), Succeeds());
  CHECK(read_until(master, "\n0\n") == "/dev/pts/0\n0\n");
  CHECK_THAT(user({"delete", "--force", "box"}), Succeeds());
}

TEST_CASE_METHOD(UserMachine, "root of a user namespace makes containers, too",
                 "[rootless][berth]") {
  if (is_refused()) return;
  for (const std::vector<std::string>& unshare :
       {std::vector<std::string>{"unshare", "-Ur", "-m"}, {"unshare", "-Ur"}}) {
    Bundle bundle = new_bundle().args({"cat", "/proc/self/uid_map"});
    give_all(bundle.directory());
    Command command{.argv = unshare};
    for (const std::string& word : {berth(), std::string("run"), std::string("--bundle"),
                                    bundle.directory(), runtime().new_id()}) {
      command.argv.push_back(word);
    }
    CHECK_THAT(run_command(as_user(command)), Prints(kOwnMap));
    bundle.add_namespace("user")
        .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 0, "size": 1}])")
        .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 0, "size": 1}])");
    CHECK_THAT(run_command(as_user(command)), Prints("         0          0          1\n"));
  }
}

}  // namespace
}  // namespace berth::test
