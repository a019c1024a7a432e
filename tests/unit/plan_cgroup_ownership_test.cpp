#include "runtime/compile/cgroup/ownership.h"

#include <catch2/catch.hpp>

#include <string>

#include "tests/unit/plan_files.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

const CgroupHierarchy kUnified = {.mountpoint = "/sys/fs/cgroup", .root = "/", .unified = true};
const CgroupHierarchy kPids = {
    .name = "pids", .controllers = {"pids"}, .mountpoint = "/sys/fs/cgroup/pids", .root = "/"};

/// A container with ids from 100000 on, whose program is user 5 and sees its cgroup writable.
struct Owned : FilesCompiler {
  Owned() {
    host.cgroups = {.mode = CgroupLayout::Mode::V2, .hierarchies = {kUnified}};
    config.process = spec::Process{.user = {.uid = 5}};
    config.linux.uid_mappings = config.linux.gid_mappings = {{.host_id = 100000, .size = 65536}};
    add_namespace("user");
    add_namespace("cgroup");
    config.mounts = {{.destination = "/sys/fs/cgroup", .type = "cgroup", .source = "cgroup"}};
  }

  Lines gifts() {
    Lines all = lines(
        [this](const Files&, Builder& builder) { compile_cgroup_ownership(config, builder); });
    std::erase_if(all,
                  [](const std::string& line) { return line.find("give_cgroup") == line.npos; });
    return all;
  }
};

std::string gift(const std::string& owner) {
  return "host give_cgroup path='/sys/fs/cgroup/berth-web1' owner=" + owner +
         " <- /process/user/uid";
}

TEST_CASE("CO-2 CO-3: a writable mount of the cgroups makes the program's user their owner") {
  Owned owned;
  CHECK(owned.gifts() == Lines{gift("100005")});
  CHECK(owned.warnings.empty());
}

TEST_CASE("CO-3: without a user namespace the owner is the user as it is") {
  Owned owned;
  std::erase_if(owned.config.linux.namespaces,
                [](const spec::Namespace& space) { return space.type == "user"; });
  CHECK(owned.gifts() == Lines{gift("5")});
}

TEST_CASE("CO-2: without a writable mount of the cgroups in its place nobody becomes the owner") {
  Owned owned;
  SECTION("none") { owned.config.mounts.clear(); }
  SECTION("a read-only one") { owned.config.mounts[0].options = {"nosuid", "ro"}; }
  SECTION("another source") { owned.config.mounts[0].source = "cgroup2"; }
  SECTION("another place") { owned.config.mounts[0].destination = "/sys/fs/cgroup/a"; }
  SECTION("no program") { owned.config.process.reset(); }
  CHECK(owned.gifts().empty());
}

TEST_CASE("CO-1: neither on v1 nor without a new cgroup namespace does a cgroup change its owner") {
  Owned owned;
  SECTION("v1") { owned.host.cgroups = {.mode = CgroupLayout::Mode::V1, .hierarchies = {kPids}}; }
  SECTION("a joined cgroup namespace") { owned.config.linux.namespaces.back().path = "/n"; }
  SECTION("the host's cgroup namespace") { owned.config.linux.namespaces.pop_back(); }
  CHECK(owned.gifts().empty());
}

TEST_CASE("CO-2: berth says where it does not know the owner, or may not make it one") {
  Owned owned;
  SECTION("the user namespace is joined") { owned.config.linux.namespaces[1].path = "/u"; }
  SECTION("the caller may not give its cgroups away") {
    owned.host.is_privileged = false;
    owned.host.uid = 1000;
  }
  CHECK(owned.gifts().empty());
  REQUIRE(owned.warnings.size() == 1);
  CHECK(owned.warnings[0].starts_with("/process/user/uid: "));
}

TEST_CASE("CO-2: what a caller without privilege has made is its own already") {
  Owned owned;
  owned.host.is_privileged = false;
  owned.host.uid = 100005;
  CHECK(owned.gifts().empty());
  CHECK(owned.warnings.empty());
}

}  // namespace
}  // namespace berth::plan
