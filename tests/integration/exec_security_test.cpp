// What the processes of a container can do with an exec, and what an exec never enters.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

/// Reports processes through whose root it finds a file of the host, and capabilities that are not
/// its own, of every process that it sees, all the time.
Bundle spying_bundle(Machine& machine, const std::string& secret) {
  Bundle bundle = machine.new_bundle();
  bundle.capabilities({"CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"});
  return bundle.script(
      "own=$(grep CapEff /proc/self/status); echo looking; while :; do "
      "for p in /proc/[0-9]*; do cat $p/root" +
      secret +
      " 2>/dev/null; "
      "has=$(grep CapEff $p/status 2>/dev/null); "
      "test -z \"$has\" -o \"$has\" = \"$own\" || echo \"$has\"; done; done");
}

TEST_CASE_METHOD(Machine,
                 "processes with CAP_SYS_PTRACE see neither the host nor more privilege in an exec "
                 "(SR-26)",
                 "[exec][security][berth]") {
  const char* const privileges = GENERATE("true", "false");
  const std::string secret = place() + "/secret";
  write_file(secret, "of the host\n", 0600);
  Bundle bundle = spying_bundle(*this, secret);
  bundle.set("/process/noNewPrivileges", privileges);
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["swapon"], "action": "SCMP_ACT_ERRNO"}]})");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("looking\n");
  for (int i = 0; i < 20; ++i) {
    CHECK_THAT(call({"exec", box.id(), "true"}), Succeeds());
  }
  CHECK(box.output() == "looking\n");
}

TEST_CASE_METHOD(Machine, "exec never enters a process that has the number of the container's",
                 "[exec][security][berth]") {
  Bundle bundle = new_bundle().script("echo ready; exec sleep 1000");
  Container box(*this, bundle);
  Bundle other_bundle = new_bundle().script("echo ready; exec sleep 1000");
  Container other(*this, other_bundle);
  for (Container* each : {&box, &other}) {
    each->create_and_start();
    each->wait_for_output("ready");
  }
  box.stop();
  const std::string file = runtime().state_root() + "/" + box.id() + "/record.json";
  const std::string record = read_file(file);
  // As if the kernel had given the number to a process of another container.
  write_file(file, json::set(record, "/init/pid", std::to_string(other.pid())), 0600);
  const Outcome outcome = call({"exec", box.id(), "touch", "/tmp/entered"});
  write_file(file, record, 0600);
  CHECK(outcome.status == 255);
  CHECK(contains(outcome.err, "stopped"));
  CHECK_FALSE(std::filesystem::exists(other.inside("/tmp/entered")));
}

TEST_CASE_METHOD(Machine, "exec refuses a paused container, or waits until it is resumed",
                 "[exec][pause]") {
  Bundle bundle = new_bundle().script("echo ready; exec sleep 1000");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  if (box.call("pause").status != 0) return skip("no freezer here");
  const Outcome refused = call({"exec", box.id(), "true"});
  CHECK(refused.status == 255);
  CHECK(contains(refused.err, "cannot exec in a paused container"));
  Child waiting(runtime().command({"exec", "--ignore-paused", box.id(), "echo", "resumed"}));
  CHECK_FALSE(waiting.exits_within(std::chrono::milliseconds(100)));
  CHECK_THAT(box.call("resume"), Succeeds());
  CHECK_THAT(waiting.wait(), Prints("resumed\n"));
}

TEST_CASE_METHOD(Machine, "an exec that is killed while it waits for a paused container never runs",
                 "[exec][pause][berth]") {
  Bundle bundle = new_bundle().script("echo ready; exec sleep 1000");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  if (box.call("pause").status != 0) return skip("no freezer here");
  const auto members = [&] {
    return json::size_of(call({"ps", "--format", "json", box.id()}).out, "");
  };
  REQUIRE(members() == 1);
  Child waiting(runtime().command({"exec", "--ignore-paused", box.id(), "touch", "/tmp/late"}));
  const Deadline deadline;
  while (members() < 2 && !deadline.passed()) std::this_thread::yield();
  CHECK(members() == 2);  // it stands still in the container's cgroup
  waiting.signal(SIGKILL);
  (void)waiting.wait();
  CHECK_THAT(box.call("resume"), Succeeds());
  while (members() > 1 && !deadline.passed()) std::this_thread::yield();
  CHECK(members() == 1);
  CHECK_FALSE(std::filesystem::exists(box.inside("/tmp/late")));
}

TEST_CASE_METHOD(Machine, "exec in a container that has all its processes says so",
                 "[exec][pids][berth]") {
  if (!cgroup_directory(0, "pids")) return skip("no controller pids");
  Bundle bundle = new_bundle().script("echo ready; exec sleep 1000");
  bundle.set("/linux/resources/pids/limit", "1");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  const Outcome outcome = call({"exec", box.id(), "true"});
  CHECK(outcome.status == 255);
  CHECK(contains(outcome.err, "resource temporarily unavailable"));
  CHECK(contains(outcome.err, "the pids limit of the cgroup, or of the user, is reached"));
}

}  // namespace
}  // namespace berth::test
