// Who owns a container's v2 cgroup, and so may manage cgroups below it.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

uid_t owner_of(const std::string& path) {
  struct stat status = {};
  INFO(path);
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_uid;
}

/// Covers the read-only mount that every bundle has.
Bundle& mount_writable(Bundle& bundle) {
  return bundle.add_mount("cgroup", "cgroup", "/sys/fs/cgroup", {"nosuid", "noexec", "nodev"});
}

/// The container's v2 cgroup; empty, and the test is skipped, where there is no such hierarchy.
std::string unified_of(Container& box) {
  const auto unified = unified_directory(box.pid());
  if (!unified) skip("only a v2 cgroup is given to a user");
  return unified ? unified->path : "";
}

/// The files that the kernel delegates, or those that every kernel does.
std::vector<std::string> delegated_names() {
  const auto list = read_file_if_exists("/sys/kernel/cgroup/delegate");
  if (!list) return {"cgroup.procs", "cgroup.subtree_control", "cgroup.threads"};
  return lines_of(*list);
}

TEST_CASE_METHOD(
    Machine,
    "with writable cgroups the program's user owns its cgroup and the delegated files, "
    "and no other (CO-2 CO-3 CO-4)",
    "[cgroups][berth]") {
  Bundle bundle = new_bundle().map_users(100000);
  mount_writable(bundle).set("/process/user/uid", "5");
  Container box(*this, bundle);
  box.create();
  const std::string cgroup = unified_of(box);
  if (cgroup.empty()) return;
  CHECK(owner_of(cgroup) == 100005);
  const auto delegated = delegated_names();
  const std::string directory = cgroup + "/";
  for (const std::string& name : names_in(cgroup)) {
    const bool is_delegated = std::count(delegated.begin(), delegated.end(), name) != 0;
    INFO(name);
    CHECK(owner_of(directory + name) == (is_delegated ? 100005 : 0));
  }
}

TEST_CASE_METHOD(Machine, "a cgroup that was there before keeps its owner (CO-2)",
                 "[cgroups][berth]") {
  const auto unified = unified_directory(0);
  if (!unified) return skip("only a v2 cgroup is given to a user");
  const std::string name = "/" + Runtime::tag() + "-kept";
  const std::string path = unified->mountpoint + name;
  std::filesystem::create_directory(path);
  Bundle bundle = new_bundle().map_users(100000).set("/linux/cgroupsPath", "\"" + name + "\"");
  mount_writable(bundle).set("/process/user/uid", "5");
  CHECK_THAT(run(bundle, "true"), Succeeds());
  CHECK(owner_of(path) == 0);
  CHECK(owner_of(path + "/cgroup.procs") == 0);
  CHECK(eventually([&] { return rmdir(path.c_str()) == 0 || errno == ENOENT; }));
}

TEST_CASE_METHOD(Machine, "the owner of its cgroup makes cgroups below it (CO-2)",
                 "[cgroups][berth]") {
  if (!unified_directory(0)) return skip("only a v2 cgroup is given to a user");
  Bundle bundle = new_bundle().map_users(100000);
  mount_writable(bundle).set("/process/user/uid", "5");
  CHECK_THAT(run(bundle,
                 "cd /sys/fs/cgroup; [ -d unified ] && cd unified; mkdir mine && echo 0 > "
                 "mine/cgroup.procs && grep -x 1 mine/cgroup.procs; echo 0 > cgroup.procs; "
                 "rmdir mine"),
             Prints("1\n"));
}

TEST_CASE_METHOD(Machine,
                 "the cgroup stays root's where it is not writable, or not its own (CO-1 CO-2)",
                 "[cgroups][berth]") {
  Bundle bundle = new_bundle().map_users(100000);
  SECTION("read-only") {}
  SECTION("in the host's cgroup namespace") { mount_writable(bundle).drop_namespace("cgroup"); }
  Container box(*this, bundle);
  box.create();
  const std::string cgroup = unified_of(box);
  if (!cgroup.empty()) CHECK(owner_of(cgroup) == 0);
}

}  // namespace
}  // namespace berth::test
