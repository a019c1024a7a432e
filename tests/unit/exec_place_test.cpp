// Where a process of an exec goes: which cgroups it enters, and which namespaces it joins.
#include "runtime/exec/exec_place.h"

#include <linux/capability.h>
#include <linux/sched.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "runtime/linux/process/process.h"
#include "runtime/linux/security/privileges.h"
#include "spec/error.h"
#include "tests/unit/cgroup_fixture.h"

namespace berth::exec {
namespace {

using cgroup::FakeCgroups;

/// A v1 and a v2 cgroup of this process.
struct Hybrid : FakeCgroups {
  explicit Hybrid(bool is_marked) {
    record.init.pid = ::getpid();
    make("v2");
    write("v2/cgroup.subtree_control", "\n");
    record.cgroups = {
        {.directory = at("v1"), .topmost = {}, .is_claimed = true},
        {.directory = at("v2"), .topmost = {}, .is_claimed = true, .is_unified = is_marked}};
  }

  store::Record record;
};

TEST_CASE("an exec enters each cgroup, whether the Record marks the one of cgroup v2 or not") {
  Hybrid host(GENERATE(false, true));
  host.make("v1");
  host.write("v1/tasks", "");
  const auto cgroups = cgroups_to_enter(host.record, {});
  REQUIRE(cgroups.size() == 2);
  CHECK(cgroups[0].path == host.at("v1"));
  CHECK_FALSE(cgroups[0].is_unified);
  CHECK(cgroups[1].path == host.at("v2"));
  CHECK(cgroups[1].is_unified);
}

TEST_CASE("a v1 cgroup that was removed is looked for where the first process is") {
  const Hybrid host(GENERATE(false, true));
  // No hierarchy of this machine has it, so the first process has no place there either.
  CHECK_THROWS_WITH(cgroups_to_enter(host.record, {}), Catch::Contains("does not exist any more"));
}

TEST_CASE("an exec joins what was made for its container, and what berth is not in") {
  store::Record record;
  record.init.pid = ::getpid();
  for (const auto& [name, inode] : sys::read_namespace_inodes(::getpid())) {
    if (inode != 0) record.namespaces[name] = inode;
  }
  // A caller who may join the host's time namespace does not look whether it is the container's.
  const bool may_join = (sys::effective_capabilities() >> CAP_SYS_ADMIN & 1) != 0 &&
                        !sys::in_user_namespace() && record.namespaces.contains("time");
  const std::uint64_t time = may_join ? CLONE_NEWTIME : 0;
  CHECK(namespaces_to_join(record, {}) == time);
  CHECK(namespaces_to_join(record, {{.type = "network", .path = {}}}) == (CLONE_NEWNET | time));
  // setns(2) refuses the user namespace that the caller is in.
  CHECK(namespaces_to_join(record, {{.type = "user", .path = {}}}) == time);
  ++record.namespaces["mnt"];
  CHECK(namespaces_to_join(record, {}) == (CLONE_NEWNS | time));
  record.namespaces.erase("time");  // of a kernel without time namespaces
  CHECK((namespaces_to_join(record, {}) & CLONE_NEWTIME) == 0);
}

}  // namespace
}  // namespace berth::exec
