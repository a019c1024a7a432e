// Control groups: where the container is, its limits, and that they go when it goes.
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

Bundle in_cgroup(Machine& machine, const std::string& path) {
  Bundle bundle = machine.new_bundle();
  return bundle.set("/linux/cgroupsPath", json::quote(path));
}

std::string tagged(const std::string& path) { return "/" + Runtime::tag() + path; }

// runc leaves the parents of the group behind: hence [berth] for all paths of several levels.
TEST_CASE_METHOD(Machine,
                 "an absolute cgroupsPath is entered in every hierarchy, deep ones are made "
                 "(CG-PATH-1 CG-PATH-2)",
                 "[cgroups][berth]") {
  const std::string path = tagged("/a/b c");
  Container box(*this, in_cgroup(*this, path));
  box.create();
  const auto directories = cgroup_directories(box.pid());
  CHECK(directories.size() == cgroup_mountpoints().size());
  for (const CgroupDirectory& directory : directories) {
    INFO(directory.path);
    CHECK(ends_with(directory.path, path));
  }
}

TEST_CASE_METHOD(Machine, "a relative cgroupsPath is a place of the runtime's (CG-PATH-1)",
                 "[cgroups][berth]") {
  const std::string path = Runtime::tag() + "/relative";
  Container box(*this, in_cgroup(*this, path));
  box.create();
  const auto directories = cgroup_directories(box.pid());
  CHECK_FALSE(directories.empty());
  for (const CgroupDirectory& directory : directories) {
    INFO(directory.path);
    CHECK(ends_with(directory.path, "/" + path));
  }
}

TEST_CASE_METHOD(Machine,
                 "without cgroupsPath the group is named after the container "
                 "(CG-PATH-3)",
                 "[cgroups]") {
  Container box(*this, new_bundle());
  box.create();
  auto directory = cgroup_directory(box.pid(), "pids");
  if (!directory) directory = unified_directory(box.pid());
  REQUIRE(directory);
  CHECK(contains(directory->path, box.id()));
}

TEST_CASE_METHOD(Machine,
                 "delete removes the cgroups that create made, and keeps those that existed before "
                 "(RT-DEL-3 RT-DEL-4 SR-39)",
                 "[cgroups][berth]") {
  std::vector<std::string> kept;
  for (const std::string& mountpoint : cgroup_mountpoints()) {
    kept.push_back(mountpoint + tagged(""));
    std::filesystem::create_directory(kept.back());
  }
  {
    Container box(*this, in_cgroup(*this, tagged("/pod/box")));
    box.create();
  }
  for (const std::string& directory : kept) {
    INFO(directory);
    CHECK(std::filesystem::exists(directory));
    CHECK_FALSE(std::filesystem::exists(directory + "/pod"));
    CHECK(rmdir(directory.c_str()) == 0);
  }
}

TEST_CASE_METHOD(Machine, "paths that lead elsewhere are refused at their property (CG-PATH-2)",
                 "[cgroups][berth]") {
  for (const char* path : {"/a/../../b", "../x", "/./a", "/", "//", "a/..", "/new\nline"}) {
    INFO(path);
    CHECK_THAT(run(in_cgroup(*this, path)), Fails({"/linux/cgroupsPath"}));
  }
}

// runc 1.1 warns.
TEST_CASE_METHOD(Machine, "a group with processes of others is refused (CG-FIT-1)",
                 "[cgroups][berth]") {
  Container box(*this, in_cgroup(*this, tagged("/shared")));
  box.create();
  Container second(*this, in_cgroup(*this, tagged("/shared")));
  CHECK_THAT(second.try_create(), Fails({tagged("/shared")}));
  CHECK(box.status() == "created");
}

// ---- limits ---------------------------------------------------------------------------------

struct File {
  const char* name;  ///< null: this hierarchy has nothing like it
  const char* value;
};

struct Limit {
  const char* pointer;  ///< below /linux/resources
  const char* json;
  const char* controller;
  File v1, v2;
};

const Limit kLimits[] = {
    {"/pids", R"({"limit": 77})", "pids", {"pids.max", "77"}, {"pids.max", "77"}},
    {"/pids", R"({"limit": -1})", "pids", {"pids.max", "max"}, {"pids.max", "max"}},
    {"/memory",
     R"({"limit": 67108864})",
     "memory",
     {"memory.limit_in_bytes", "67108864"},
     {"memory.max", "67108864"}},
    {"/memory",
     R"({"limit": 67108864, "swap": 100663296})",
     "memory",
     {"memory.memsw.limit_in_bytes", "100663296"},
     {"memory.swap.max", "33554432"}},
    {"/memory",
     R"({"reservation": 33554432})",
     "memory",
     {"memory.soft_limit_in_bytes", "33554432"},
     {"memory.low", "33554432"}},
    {"/cpu", R"({"shares": 512})", "cpu", {"cpu.shares", "512"}, {nullptr, ""}},
    {"/cpu",
     R"({"quota": 50000, "period": 200000})",
     "cpu",
     {"cpu.cfs_quota_us", "50000"},
     {"cpu.max", "50000 200000"}},
    {"/cpu",
     R"({"quota": 50000, "period": 200000})",
     "cpu",
     {"cpu.cfs_period_us", "200000"},
     {"cpu.max", "50000 200000"}},
    {"/cpu", R"({"quota": 5000})", "cpu", {"cpu.cfs_quota_us", "5000"}, {"cpu.max", "5000 100000"}},
    {"/cpu", R"({"cpus": "0", "mems": "0"})", "cpuset", {"cpuset.cpus", "0"}, {"cpuset.cpus", "0"}},
    {"/cpu", R"({"cpus": "0"})", "cpuset", {"cpuset.mems", "0"}, {"cpuset.mems", ""}},
};

void check_limit(Machine& machine, const Limit& limit) {
  const auto own = cgroup_directory(0, limit.controller);
  const File file = own && own->unified ? limit.v2 : limit.v1;
  INFO(limit.pointer << " " << limit.json);
  if (!own || file.name == nullptr) return skip(std::string("no controller ") + limit.controller);
  Bundle bundle = machine.new_bundle();
  bundle.set(std::string("/linux/resources") + limit.pointer, limit.json);
  Container box(machine, bundle);
  box.create();
  const auto directory = cgroup_directory(box.pid(), limit.controller);
  REQUIRE(directory);
  CHECK(read_file(directory->path + "/" + file.name) == std::string(file.value) + "\n");
}

TEST_CASE_METHOD(Machine,
                 "limits of pids and memory are in the kernel's files (RS-PID-1 RS-MEM-1 "
                 "RS-MEM-2)",
                 "[cgroups]") {
  for (const Limit& limit : kLimits) {
    const std::string controller = limit.controller;
    if (controller == "pids" || controller == "memory") check_limit(*this, limit);
  }
}

TEST_CASE_METHOD(Machine, "limits of cpu and cpuset are in the kernel's files (RS-CPU-1)",
                 "[cgroups]") {
  for (const Limit& limit : kLimits) {
    const std::string controller = limit.controller;
    if (controller == "cpu" || controller == "cpuset") check_limit(*this, limit);
  }
}

TEST_CASE_METHOD(Machine, "the limit of pids holds (RS-PID-1)", "[cgroups]") {
  if (!cgroup_directory(0, "pids")) return skip("no controller pids");
  Bundle bundle = new_bundle().set("/linux/resources/pids", R"({"limit": 5})");
  const Outcome outcome = run(bundle, "for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; true");
  CHECK(contains(outcome.err, "can't fork"));
}

TEST_CASE_METHOD(Machine, "the limit of memory holds (RS-MEM-1)", "[cgroups]") {
  if (!cgroup_directory(0, "memory")) return skip("no controller memory");
  Bundle bundle =
      new_bundle().set("/linux/resources/memory", R"({"limit": 20971520, "swap": 20971520})");
  CHECK_THAT(run(bundle, "dd if=/dev/zero of=/dev/null bs=128M count=1 2>/dev/null; echo $?"),
             Prints("137\n"));
}

TEST_CASE_METHOD(Machine,
                 "no process is outside the limits: a container of one process is enough "
                 "for its first (SR-39)",
                 "[cgroups][berth]") {
  if (!cgroup_directory(0, "pids")) return skip("no controller pids");
  Bundle bundle = new_bundle().set("/linux/resources/pids", R"({"limit": 1})");
  CHECK_THAT(run(bundle, "echo alone"), Prints("alone\n"));
}

TEST_CASE_METHOD(
    Machine, "a container of one process is enough beside a joined cgroup namespace, too (SR-39)",
    "[cgroups][berth]") {
  if (!cgroup_directory(0, "pids")) return skip("no controller pids");
  const Holder holder(CLONE_NEWCGROUP);
  Bundle bundle = new_bundle()
                      .set("/linux/resources/pids", R"({"limit": 1})")
                      .drop_namespace("cgroup")
                      .add_namespace("cgroup", holder.path("cgroup"));
  CHECK_THAT(run(bundle, "echo alone"), Prints("alone\n"));
}

TEST_CASE_METHOD(Machine,
                 "a value that the kernel refuses is an error at its property "
                 "(RT-CREATE-5)",
                 "[cgroups][berth]") {
  Bundle bundle = new_bundle().set("/linux/resources/cpu", R"({"cpus": "9999"})");
  if (!cgroup_directory(0, "cpuset")) return skip("no controller cpuset");
  CHECK_THAT(run(bundle), Fails({"/linux/resources/cpu/cpus", "write '9999' to '/", "cpuset.cpus'",
                                 "there are the processors 0"}));
}

}  // namespace
}  // namespace berth::test
