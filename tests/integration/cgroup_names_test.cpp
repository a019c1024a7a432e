// The test makes child cgroups with the names of control files, as the processes of a container
// may: of the other version of cgroups, or of a controller that is not there. No verb takes them
// for files.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

constexpr const char* kControllers[] = {"cpu",     "cpuacct", "cpuset", "memory",
                                        "freezer", "pids",    "devices"};
constexpr const char* kNames[] = {
    "cgroup.kill",
    "cgroup.events",
    "cgroup.freeze",
    "cgroup.subtree_control",
    "cgroup.controllers",
    "cgroup.stat",
    "memory.events",
    "memory.current",
    "memory.max",
    "memory.stat",
    "pids.events",
    "pids.max",
    "pids.current",
    "cpu.max",
    "cpu.stat",
    "cpuset.cpus.effective",
    "io.stat",
    "freezer.state",
    "tasks",
    "cgroup.event_control",
    "memory.oom_control",
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    "cpuacct.usage",
    "devices.allow",
    "devices.list",
};

std::vector<std::string> cgroups_of(pid_t pid) {
  std::vector<std::string> cgroups;
  for (const char* controller : kControllers) {
    if (const auto cgroup = cgroup_directory(pid, controller)) cgroups.push_back(cgroup->path);
  }
  if (const auto unified = unified_directory(pid)) cgroups.push_back(unified->path);
  return cgroups;
}

/// Returns how many there are.
int make_namesakes(const std::vector<std::string>& cgroups) {
  int made = 0;
  const std::vector<std::string> own = cgroups_of(getpid());
  for (const std::string& cgroup : cgroups) {
    REQUIRE(std::count(own.begin(), own.end(), cgroup) == 0);
    for (const char* name : kNames) {
      const bool is_new = mkdir((cgroup + "/" + name).c_str(), 0755) == 0;
      REQUIRE((is_new || errno == EEXIST));
      if (is_new) ++made;
    }
  }
  return made;
}

class Namesakes : public Machine {
 protected:
  Namesakes() {
    box_.create_and_start();
    box_.wait_for_output("ready");
    can_pause_ = cgroup_directory(box_.pid(), "freezer") || unified_directory(box_.pid());
    cgroups_ = cgroups_of(box_.pid());
    made_ = make_namesakes(cgroups_);
  }

  Bundle bundle_ = new_bundle().script("echo ready; exec sleep 1000");
  Container box_{*this, bundle_};
  bool can_pause_ = false;
  std::vector<std::string> cgroups_;
  int made_ = 0;
};

TEST_CASE_METHOD(Namesakes, "child cgroups with the names of control files are not taken for these",
                 "[cgroups][security][berth]") {
  if (made_ == 0) return skip("no cgroups here");
  CHECK(box_.status() == "running");
  CHECK_THAT(run_command(runtime().command({"exec", box_.id(), "echo", "in"})), Prints("in\n"));
  CHECK_THAT(box_.call("ps", {"--format=json"}), Succeeds());
  CHECK_THAT(box_.call("events", {"--stats"}), Succeeds());
  Child watcher(runtime().command({"events", "--interval", "1ms", box_.id()}));
  watcher.wait_for_output("stats");
  if (can_pause_) {
    CHECK_THAT(box_.call("pause"), Succeeds());
    CHECK(box_.status() == "paused");
    CHECK_THAT(box_.call("resume"), Succeeds());
    CHECK(box_.status() == "running");
  }
  CHECK_THAT(box_.call("kill", {"--all", "CONT"}), Succeeds());
  CHECK_THAT(box_.call("kill", {"--all", "KILL"}), Succeeds());
  box_.wait_until_stopped();
  CHECK_THAT(watcher.wait(), Succeeds());
  CHECK(box_.status() == "stopped");
  CHECK_THAT(box_.call("delete"), Succeeds());
}

TEST_CASE_METHOD(
    Namesakes,
    "child cgroups with such names do not keep a container from being deleted by force (SR-37)",
    "[cgroups][security][berth]") {
  if (made_ == 0) return skip("no cgroups here");
  if (can_pause_ && GENERATE(false, true)) CHECK_THAT(box_.call("pause"), Succeeds());
  CHECK_THAT(box_.call("delete", {"--force"}), Succeeds());
  for (const std::string& cgroup : cgroups_) CHECK_FALSE(std::filesystem::exists(cgroup));
}

}  // namespace
}  // namespace berth::test
