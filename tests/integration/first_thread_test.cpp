// A process whose first thread has ended looks like a zombie in /proc, but its other threads go on:
// it is as alive as any, and has to be killed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

bool has_left(pid_t pid) { return contains(status_field(pid, "State"), "zombie"); }

class FirstThread : public Machine {
 protected:
  FirstThread() {
    std::filesystem::copy_file(BERTH_PROBE, bundle_.in_image("/bin/probe"));
    bundle_.args({"/bin/probe", "threads"});
  }

  void run_it(Container& box) {
    box.create_and_start();
    box.wait_for_output("ready");
    REQUIRE(eventually([&] { return has_left(box.pid()); }));
  }

  Bundle bundle_ = new_bundle();
};

TEST_CASE_METHOD(FirstThread, "a first process without its first thread runs, and can be killed",
                 "[kill][state]") {
  Container box(*this, bundle_);
  run_it(box);
  CHECK(box.status() == "running");
  CHECK_THAT(box.call("ps", {"--format=json"}), Succeeds());
  CHECK_FALSE(box.call("delete").status == 0);
  CHECK_THAT(box.call("kill", {"KILL"}), Succeeds());
  box.wait_until_stopped();
  CHECK(box.status() == "stopped");
  CHECK_THAT(box.call("delete"), Succeeds());
}

TEST_CASE_METHOD(FirstThread, "a first process without its first thread is paused and resumed",
                 "[pause]") {
  Container box(*this, bundle_);
  run_it(box);
  if (!cgroup_directory(box.pid(), "freezer") && !unified_directory(box.pid())) {
    return skip("no freezer here");
  }
  CHECK_THAT(box.call("pause"), Succeeds());
  CHECK(box.status() == "paused");
  CHECK_THAT(box.call("resume"), Succeeds());
  CHECK(box.status() == "running");
}

TEST_CASE_METHOD(FirstThread,
                 "exec says that it cannot join a first process without its first thread",
                 "[exec][berth]") {
  Container box(*this, bundle_);
  run_it(box);
  const Outcome outcome = run_command(runtime().command({"exec", box.id(), "true"}));
  CHECK(outcome.status == 255);
  CHECK(contains(outcome.err, "or its first thread has"));
}

TEST_CASE_METHOD(FirstThread, "delete --force ends a process without its first thread (SR-37)",
                 "[kill]") {
  Container box(*this, bundle_);
  run_it(box);
  CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
}

TEST_CASE_METHOD(FirstThread, "kill --all reaches a process without its first thread", "[kill]") {
  bundle_.drop_namespace("pid").script("/bin/probe threads & exec sleep 1000");
  Container box(*this, bundle_);
  box.create_and_start();
  box.wait_for_output("ready");
  const auto cgroup = cgroup_directory(box.pid(), "pids");
  if (!cgroup) return skip("no cgroup that lists the processes");
  const std::string procs = cgroup->path + "/cgroup.procs";
  const auto has_one_left = [&] {
    const auto pids = lines_of(read_file(procs));
    return std::any_of(pids.begin(), pids.end(),
                       [](const std::string& pid) { return has_left(std::stoi(pid)); });
  };
  REQUIRE(eventually(has_one_left));
  CHECK_THAT(box.call("kill", {"--all", "TERM"}), Succeeds());
  CHECK(eventually([&] { return read_file(procs).empty(); }));
  box.wait_until_stopped();
  CHECK_THAT(box.call("delete"), Succeeds());
}

}  // namespace
}  // namespace berth::test
