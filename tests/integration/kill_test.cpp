// kill: which signal reaches whom.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

constexpr const char* kEcho =
    "trap 'echo got TERM' TERM; trap 'echo got USR1' USR1; trap 'echo got 35' 35; echo ready\n"
    "while true; do sleep 1000 & wait; done";

TEST_CASE_METHOD(Machine, "the signal that is named arrives, by any of its names (RT-KILL-3)",
                 "[kill]") {
  Bundle bundle = new_bundle().script(kEcho);
  for (const char* name : {"TERM", "SIGTERM", "sigterm", "15"}) {
    INFO(name);
    Container box(*this, bundle);
    box.create_and_start();
    box.wait_for_output("ready");
    box.kill(name);
    box.wait_for_output("got TERM");
    box.kill("USR1");
    box.wait_for_output("got USR1");
  }
}

TEST_CASE_METHOD(Machine, "without a signal, it is SIGTERM", "[kill]") {
  Bundle bundle = new_bundle().script(kEcho);
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  CHECK_THAT(box.call("kill"), Succeeds());
  box.wait_for_output("got TERM");
}

// runc knows no real-time names.
TEST_CASE_METHOD(Machine, "real-time signals have names", "[kill][berth]") {
  REQUIRE(SIGRTMIN == 34);
  Bundle bundle = new_bundle().script(kEcho);
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  box.kill("RTMIN+1");
  box.wait_for_output("got 35");
}

TEST_CASE_METHOD(Machine, "an unknown signal is an error and nothing is sent", "[kill]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  box.create_and_start();
  for (const char* name : {"NOSUCH", "1e3", "4096"}) {
    INFO(name);
    CHECK_THAT(box.call("kill", {name}), Fails());
  }
  CHECK(box.status() == "running");
}

TEST_CASE_METHOD(Machine, "kill of a created container ends it", "[kill]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  box.kill("KILL");
  box.wait_until_stopped();
  CHECK(box.status() == "stopped");
  box.remove();
}

TEST_CASE_METHOD(Machine, "kill of a stopped container is refused (RT-KILL-2)", "[kill]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_until_stopped();
  const std::string before = box.state();
  for (const char* name : {"TERM", "KILL"}) {
    INFO(name);
    CHECK_THAT(box.call("kill", {name}), Fails({"container not running"}));
  }
  CHECK(box.state() == before);
}

std::vector<pid_t> members_of(const Container& box) {
  std::vector<pid_t> pids;
  for (const std::string& name : names_in("/proc")) {
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto cgroup = read_file_if_exists("/proc/" + name + "/cgroup");
    if (cgroup && contains(*cgroup, box.id())) pids.push_back(std::stoi(name));
  }
  return pids;
}

TEST_CASE_METHOD(Machine, "kill --all reaches every process, also without a pid namespace",
                 "[kill]") {
  Bundle bundle = new_bundle().drop_namespace("pid").script(
      "trap '' TERM; sleep 1000 & sleep 1000 & echo ready; wait");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  const std::vector<pid_t> members = members_of(box);
  REQUIRE(members.size() == 3);
  std::vector<sys::Fd> pidfds;
  pidfds.reserve(members.size());
  for (const pid_t pid : members) pidfds.push_back(open_pidfd(pid));
  CHECK_THAT(box.call("kill", {"--all", "KILL"}), Succeeds());
  for (const sys::Fd& pidfd : pidfds) wait_for_exit(pidfd);
  CHECK(box.status() == "stopped");
}

TEST_CASE_METHOD(Machine,
                 "delete ends what outlived the first process without a pid namespace "
                 "(RT-DEL-3)",
                 "[kill]") {
  Bundle bundle = new_bundle().drop_namespace("pid").script("sleep 1000 & echo ready");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  box.wait_until_stopped();
  const std::vector<pid_t> members = members_of(box);
  REQUIRE_FALSE(members.empty());
  const sys::Fd left = open_pidfd(members.back());
  CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
  wait_for_exit(left);
}

TEST_CASE_METHOD(Machine, "a delete right after kill KILL finds no running container",
                 "[kill][berth]") {
  // The end of so many takes longer than berth does to look.
  Bundle bundle = new_bundle().script(
      "i=0; while [ $i -lt 400 ]; do sleep 1000 & i=$((i + 1)); done; echo ready; wait");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  box.kill("KILL");
  box.remove();
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

}  // namespace
}  // namespace berth::test
