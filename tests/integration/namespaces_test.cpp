// Namespaces: new, joined by path, inherited.
#include <sched.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

struct Type {
  const char* type;    ///< in config.json
  const char* kernel;  ///< in /proc/PID/ns
  int flag;
};

constexpr Type kTypes[] = {{"network", "net", CLONE_NEWNET}, {"ipc", "ipc", CLONE_NEWIPC},
                           {"uts", "uts", CLONE_NEWUTS},     {"cgroup", "cgroup", CLONE_NEWCGROUP},
                           {"pid", "pid", CLONE_NEWPID},     {"mount", "mnt", CLONE_NEWNS}};
constexpr Type kUser = {"user", "user", CLONE_NEWUSER};
constexpr Type kTime = {"time", "time", CLONE_NEWTIME};

/// Without a mount namespace there is nothing to mount in.
void strip_mounts(Bundle& bundle) {
  bundle.set("/mounts", "[]").set("/linux/maskedPaths", "[]").set("/linux/readonlyPaths", "[]");
}

TEST_CASE_METHOD(Machine, "a listed namespace without a path is new (NS-1 NS-4)", "[namespaces]") {
  Bundle bundle = new_bundle().map_users(100000);
  Container box(*this, bundle);
  box.create();
  for (const Type& type : kTypes) {
    CHECK(namespace_of(box.pid(), type.kernel) != namespace_of(0, type.kernel));
  }
  CHECK(namespace_of(box.pid(), "user") != namespace_of(0, "user"));
}

// runc 1.1 has no time namespaces.
TEST_CASE_METHOD(Machine, "a time namespace can be new (NS-1 TO-1)", "[namespaces][berth]") {
  Bundle bundle = new_bundle().add_namespace("time");
  Container box(*this, bundle);
  box.create();
  CHECK(namespace_of(box.pid(), "time") != namespace_of(0, "time"));
}

TEST_CASE_METHOD(Machine, "a namespace that is not listed is the runtime's own (NS-4)",
                 "[namespaces]") {
  for (const Type& type : kTypes) {
    if (type.flag == CLONE_NEWNS) continue;
    INFO(type.type);
    Bundle bundle = new_bundle().drop_namespace(type.type);
    Container box(*this, bundle);
    box.create();
    CHECK(namespace_of(box.pid(), type.kernel) == namespace_of(0, type.kernel));
    CHECK(namespace_of(box.pid(), "user") == namespace_of(0, "user"));
    CHECK(namespace_of(box.pid(), "time") == namespace_of(0, "time"));
  }
}

TEST_CASE_METHOD(Machine, "without a mount namespace the host's mounts stay as they are",
                 "[namespaces][berth]") {
  Bundle bundle = new_bundle().drop_namespace("mount");
  strip_mounts(bundle);
  CHECK_THAT(run(bundle, "echo *"), Succeeds());
}

/// The container joins what the holder has, and is in it.
void check_join(Machine& machine, Bundle bundle, const Type& type, const Holder& holder) {
  INFO(type.type);
  bundle.add_namespace(type.type, holder.path(type.kernel));
  Container box(machine, bundle);
  box.create();
  CHECK(namespace_of(box.pid(), type.kernel) == namespace_of(holder.pid(), type.kernel));
}

TEST_CASE_METHOD(Machine, "a namespace with a path is joined (NS-2)", "[namespaces][cgroups]") {
  for (const Type& type : kTypes) {
    if (type.flag == CLONE_NEWNS) continue;
    const Holder holder(type.flag);
    check_join(*this, new_bundle().drop_namespace(type.type), type, holder);
  }
}

TEST_CASE_METHOD(Machine, "a mount namespace can be joined (NS-2)", "[namespaces][berth]") {
  const Holder holder(CLONE_NEWNS);
  const std::string mounts = "/proc/" + std::to_string(holder.pid()) + "/mountinfo";
  const std::vector<std::string> before = lines_of(read_file(mounts));
  Bundle bundle = new_bundle().drop_namespace("mount");
  strip_mounts(bundle);
  bundle.add_mount("tmpfs", "tmpfs", "/data", {"size=1m"});
  check_join(*this, bundle, kTypes[5], holder);
  // Nor does the container leave something in there (RT-DEL-3).
  CHECK(without(lines_of(read_file(mounts)), before) == std::vector<std::string>{});
}

// runc 1.1 wants the mappings again.
TEST_CASE_METHOD(Machine, "a user namespace can be joined, with its mappings (NS-2)",
                 "[namespaces][berth]") {
  const Holder holder(CLONE_NEWUSER);
  Bundle bundle = new_bundle().script("id -u; exec sleep 1000");
  bundle.add_namespace("user", holder.path("user"));
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("0\n");
  CHECK(namespace_of(box.pid(), "user") == namespace_of(holder.pid(), "user"));
  CHECK(words_of(status_field(box.pid(), "Uid")).at(0) == "100000");
}

TEST_CASE_METHOD(Machine, "a time namespace can be joined (NS-2)", "[namespaces][berth]") {
  const Holder holder(CLONE_NEWTIME);
  check_join(*this, new_bundle(), kTime, holder);
}

TEST_CASE_METHOD(Machine, "all namespaces of one holder can be joined together (NS-2)",
                 "[namespaces][berth]") {
  int flags = CLONE_NEWUSER | CLONE_NEWTIME;
  for (const Type& type : kTypes) flags |= type.flag == CLONE_NEWNS ? 0 : type.flag;
  const Holder holder(flags);
  Bundle bundle = new_bundle();
  for (const Type& type : kTypes) {
    if (type.flag == CLONE_NEWNS) continue;
    bundle.drop_namespace(type.type).add_namespace(type.type, holder.path(type.kernel));
  }
  bundle.add_namespace("time", holder.path("time"));
  check_join(*this, bundle, kUser, holder);
}

TEST_CASE_METHOD(Machine, "a path of the wrong type, or to no namespace, is refused (NS-3)",
                 "[namespaces]") {
  for (const char* path : {"/proc/self/ns/uts", "/proc/self/ns/nothing", "/etc/passwd"}) {
    INFO(path);
    Bundle bundle = new_bundle().drop_namespace("network").add_namespace("network", path);
    Container box(*this, bundle);
    CHECK_THAT(box.try_create(), Fails());
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
}

TEST_CASE_METHOD(Machine, "the refusal names the property and the path (NS-3)",
                 "[namespaces][berth]") {
  Bundle bundle =
      new_bundle().drop_namespace("network").add_namespace("network", "/proc/self/ns/uts");
  const std::string pointer =
      "/linux/namespaces/" + std::to_string(bundle.namespace_index("network"));
  CHECK_THAT(run(bundle), Fails({pointer, "/proc/self/ns/uts"}));
}

TEST_CASE_METHOD(Machine, "a relative path and a type listed twice are refused (NS-2 NS-5)",
                 "[namespaces]") {
  Bundle twice = new_bundle().add_namespace("network");
  CHECK_THAT(run(twice), Fails());
  Bundle relative =
      new_bundle().drop_namespace("network").add_namespace("network", "proc/1/ns/net");
  CHECK_THAT(run(relative), Fails());
}

TEST_CASE_METHOD(Machine, "root of a user namespace is mapped to its host id (UM-1)",
                 "[namespaces]") {
  Bundle bundle = new_bundle().map_users(100000).script(
      "id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map; exec sleep 1000");
  Container box(*this, bundle);
  box.create_and_start();
  const std::string map = "         0     100000      65536\n";
  box.wait_for_output("0\n0\n" + map + map);
  CHECK(words_of(status_field(box.pid(), "Uid")) == std::vector<std::string>(4, "100000"));
  CHECK(words_of(status_field(box.pid(), "Gid")) == std::vector<std::string>(4, "100000"));
}

TEST_CASE_METHOD(Machine, "several ranges map as listed, and the image is not chowned (UM-1 UM-2)",
                 "[namespaces]") {
  const char* map = R"([{"containerID": 0, "hostID": 100000, "size": 10},
                        {"containerID": 10, "hostID": 200000, "size": 5}])";
  Bundle bundle = new_bundle().map_users(0).set("/linux/uidMappings", map);
  bundle.set("/linux/gidMappings", map);
  CHECK_THAT(run(bundle, "cat /proc/self/uid_map; stat -c %u /bin/busybox"),
             Prints("         0     100000         10\n"
                    "        10     200000          5\n"
                    "65534\n"));
}

// Whole seconds since boot, from /proc/uptime.
double uptime(const std::string& text) { return std::stod(words_of(text).at(0)); }

TEST_CASE_METHOD(Machine, "time offsets shift the container's clocks (TO-1)",
                 "[namespaces][berth]") {
  Bundle bundle = new_bundle().add_namespace("time").set(
      "/linux/timeOffsets", R"({"boottime": {"secs": 1000000, "nanosecs": 5}})");
  const double before = uptime(read_file("/proc/uptime"));
  const Outcome inside = run(bundle, "cat /proc/uptime");
  const double after = uptime(read_file("/proc/uptime"));
  REQUIRE_THAT(inside, Succeeds());
  CHECK(uptime(inside.out) >= std::floor(before + 1000000));
  CHECK(uptime(inside.out) <= std::ceil(after + 1000000) + 1);
}

TEST_CASE_METHOD(Machine, "both clocks have offsets, also back in time (TO-1)",
                 "[namespaces][berth]") {
  Bundle bundle = new_bundle().add_namespace("time").set(
      "/linux/timeOffsets",
      R"({"monotonic": {"secs": -1, "nanosecs": 999999999}, "boottime": {"secs": 86400}})");
  Container box(*this, bundle);
  box.create();
  const std::string offsets = read_file("/proc/" + std::to_string(box.pid()) + "/timens_offsets");
  CHECK(words_of(offsets) ==
        std::vector<std::string>{"monotonic", "-1", "999999999", "boottime", "86400", "0"});
}

TEST_CASE_METHOD(Machine, "a time that a clock cannot have is refused by its name (TO-1)",
                 "[namespaces][berth]") {
  const char* secs = GENERATE("-1000000000", "9223372036", "-9223372036854775808");
  Bundle bundle = new_bundle().add_namespace("time").set(
      "/linux/timeOffsets",
      R"({"monotonic": {"secs": 1}, "boottime": {"secs": )" + std::string(secs) + "}}");
  CHECK_THAT(run(bundle), Fails({"/linux/timeOffsets/boottime", secs}));
}

TEST_CASE_METHOD(Machine, "time offsets without a new time namespace are refused (TO-1 VV-1)",
                 "[namespaces][berth]") {
  Bundle bundle = new_bundle().set("/linux/timeOffsets", R"({"boottime": {"secs": 1}})");
  CHECK_THAT(run(bundle), Fails({"/linux/timeOffsets"}));
}

TEST_CASE_METHOD(Machine, "the loopback of a new network namespace is up (NS-10)", "[namespaces]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(run(bundle, "cat /sys/class/net/lo/flags"), Prints("0x9\n"));
}

TEST_CASE_METHOD(Machine,
                 "hostname and domainname are set in the new uts namespace "
                 "(CF-HOST-1 CF-DOM-1)",
                 "[namespaces]") {
  const std::string before = read_file("/proc/sys/kernel/hostname");
  Bundle bundle = new_bundle().set("/hostname", R"("harbour")");
  CHECK_THAT(run(bundle, "cat /proc/sys/kernel/hostname"), Prints("harbour\n"));
  CHECK(read_file("/proc/sys/kernel/hostname") == before);
}

TEST_CASE_METHOD(Machine, "domainname is set (CF-DOM-1)", "[namespaces][berth]") {
  Bundle bundle = new_bundle().set("/domainname", R"("example.org")");
  CHECK_THAT(run(bundle, "cat /proc/sys/kernel/domainname"), Prints("example.org\n"));
}

TEST_CASE_METHOD(Machine, "a cgroup namespace is rooted at the container's own cgroup (SR-40)",
                 "[namespaces]") {
  const Outcome inside = run(new_bundle().args({"cat", "/proc/self/cgroup"}));
  REQUIRE_THAT(inside, Succeeds());
  for (const std::string& line : lines_of(inside.out)) {
    INFO(line);
    CHECK(line.substr(line.rfind(':')) == ":/");
  }
}

TEST_CASE_METHOD(Machine, "the record holds the namespaces of the first process",
                 "[namespaces][berth]") {
  Container box(*this, new_bundle());
  box.create();
  const std::string record = read_file(runtime().state_root() + "/" + box.id() + "/record.json");
  for (const char* name : {"ipc", "mnt", "net", "pid", "uts", "cgroup", "user", "time"}) {
    const std::string inode = json::get(record, std::string("/namespaces/") + name);
    CHECK(std::string(name) + ":[" + inode + "]" == namespace_of(box.pid(), name));
  }
}

}  // namespace
}  // namespace berth::test
