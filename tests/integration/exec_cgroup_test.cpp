// In which cgroup an exec is.
#include <sys/syscall.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/running.h"
#include "tests/integration/harness/schedule.h"

namespace berth::test {
namespace {

/// Has the first process go to the cgroup `init`, and the container's own pass all controllers on,
/// as a service manager does.
void pass_on(Bundle& bundle) {
  // For this limit the container's cgroup has a controller that it can pass on.
  if (cgroup_directory(0, "memory")) {
    bundle.set("/linux/resources/memory", R"({"limit": 67108864})");
  }
  bundle.add_mount("cgroup", "cgroup", "/sys/fs/cgroup", {})
      .script(
          "cd /sys/fs/cgroup; [ -d unified ] && cd unified; mkdir init; "
          "echo 0 > init/cgroup.procs; "
          "for one in $(cat cgroup.controllers); do echo +$one > cgroup.subtree_control; done; "
          "echo ready; exec sleep 1000");
}

bool passes_on(Container& box) {
  const auto own = unified_directory(box.pid());
  REQUIRE(own);
  return !words_of(read_file(own->path + "/../cgroup.subtree_control")).empty();
}

TEST_CASE_METHOD(Running, "exec enters a cgroup below the container's", "[exec]") {
  run_it();
  const auto own = unified_directory(box_.pid());
  if (!own) return skip("no v2 hierarchy here");
  const std::string below = own->path + "/below";
  std::filesystem::create_directory(below);
  const Outcome outcome = shell("grep ^0:: /proc/self/cgroup", {"--cgroup", "/below"});
  std::filesystem::remove(below);
  if (outcome.status != 0) {
    // On a hybrid machine the v1 hierarchies have no such cgroup.
    CHECK(contains(outcome.err, "--cgroup"));
    return skip("the v1 hierarchies have no such cgroup");
  }
  CHECK(contains(outcome.out, "0::/below\n"));
}

TEST_CASE_METHOD(Running, "exec enters one cgroup for each --cgroup, and ignores none", "[exec]") {
  run_it();
  const auto memory = cgroup_directory(box_.pid(), "memory");
  const auto pids = cgroup_directory(box_.pid(), "pids");
  if (!memory || memory->unified || !pids || pids->unified) return skip("no v1 hierarchies here");
  if (memory->path == pids->path) return skip("memory and pids are in one hierarchy");
  const std::string below[] = {memory->path + "/m", pids->path + "/p"};
  for (const std::string& path : below) std::filesystem::create_directory(path);
  const Outcome outcome =
      shell("cat /proc/self/cgroup", {"--cgroup", "memory:m", "--cgroup", "pids:/p"});
  for (const std::string& path : below) std::filesystem::remove(path);
  REQUIRE_THAT(outcome, Succeeds());
  CHECK(contains(outcome.out, ":memory:/m\n"));
  CHECK(contains(outcome.out, ":pids:/p\n"));
}

TEST_CASE_METHOD(Running, "a --cgroup that is no place of the container's is an error",
                 "[exec][berth]") {
  run_it();
  if (cgroup_mountpoints().empty()) return skip("no cgroups here");
  const auto refusal = [&](const std::vector<std::string>& flags) {
    const Outcome outcome = exec({"true"}, flags);
    CHECK(outcome.status == 255);
    return outcome.err;
  };
  for (const std::string path : {"..", "/../x", "a/../../b", "memory:../x"}) {
    CHECK(contains(refusal({"--cgroup", path}), "--cgroup: found '" + path + "', allowed:"));
  }
  CHECK(contains(refusal({"--cgroup", "whaaat:/"}),
                 "found the controller or hierarchy 'whaaat', allowed:"));
  CHECK(contains(refusal({"--cgroup", "/", "--cgroup", "/a"}), "--cgroup: found two paths"));
}

TEST_CASE_METHOD(Running,
                 "exec follows the first process into the cgroup where it is, if the container's "
                 "takes no processes",
                 "[exec][cgroups][berth]") {
  if (!unified_directory(0)) return skip("no v2 hierarchy here");
  pass_on(bundle_);
  run_it();
  if (!passes_on(box_)) return skip("the container's cgroup has no controllers to pass on");
  const Outcome outcome = shell("grep ^0:: /proc/self/cgroup");
  CHECK_THAT(outcome, Succeeds());
  CHECK(outcome.out == "0::/init\n");
}

TEST_CASE_METHOD(Running,
                 "exec looks again if the container's cgroup began to pass controllers on since it "
                 "looked",
                 "[exec][cgroups][berth]") {
  pass_on(bundle_);
  if (!unified_directory(0)) return skip("no v2 hierarchy here");
  run_it();
  if (!passes_on(box_)) return skip("the container's cgroup has no controllers to pass on");
  // When it looks first, cgroup.subtree_control is still empty.
  Schedule schedule;
  schedule.answer(Point::after(Who::Berth, SYS_capget), SYS_read, 0);
  const Outcome outcome =
      schedule.run(command({"sh", "-c", "grep ^0:: /proc/self/cgroup; exit 7"}));
  CHECK(outcome.err.empty());
  CHECK(outcome.out == "0::/init\n");
  CHECK(outcome.status == 7);
}

TEST_CASE_METHOD(Running, "exec does not look again for another error", "[exec][berth]") {
  run_it();
  Schedule schedule;
  schedule.fail(Point::after(Who::Berth, SYS_memfd_create), SYS_clone3, EAGAIN);
  const Outcome outcome = schedule.run(command({"true"}));
  CHECK(outcome.status == 255);
  CHECK(contains(outcome.err, "the pids limit"));
}

}  // namespace
}  // namespace berth::test
