// Devices: the default ones, those that are listed, and those that must not be reached.
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"

namespace berth::test {
namespace {

struct stat stat_of(const std::string& path) {
  struct stat status {};
  INFO(path);
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status;
}

struct Node {
  const char* path;
  unsigned major_number, minor_number;
};

TEST_CASE_METHOD(Machine, "every user can use the default devices (DD-1)", "[devices]") {
  Container box(*this, new_bundle());
  box.create();
  for (const Node& node : {Node{"/dev/null", 1, 3},
                           {"/dev/zero", 1, 5},
                           {"/dev/full", 1, 7},
                           {"/dev/random", 1, 8},
                           {"/dev/urandom", 1, 9},
                           {"/dev/tty", 5, 0}}) {
    INFO(node.path);
    const struct stat status = stat_of(box.inside(node.path));
    CHECK(S_ISCHR(status.st_mode));
    CHECK((status.st_mode & 0777) == 0666);
    CHECK(major(status.st_rdev) == node.major_number);
    CHECK(minor(status.st_rdev) == node.minor_number);
  }
}

TEST_CASE_METHOD(Machine, "the default devices work in a user namespace, too (DD-1)", "[devices]") {
  Bundle bundle = new_bundle().map_users(100000);
  CHECK_THAT(run(bundle, "echo x > /dev/null && head -c 2 /dev/zero | wc -c"), Prints("2\n"));
}

TEST_CASE_METHOD(Machine, "the links of /dev are there (RL-DEV-1 DD-3)", "[devices]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(
      run(bundle, "cd /dev; for l in fd stdin stdout stderr ptmx; do readlink $l; done"),
      Prints("/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx\n"));
}

TEST_CASE_METHOD(Machine,
                 "listed devices are made, anywhere, with mode and owner (DV-1 DV-2 DV-4 "
                 "DV-5)",
                 "[devices]") {
  Bundle bundle = new_bundle().set("/linux/devices", R"([
    {"type": "c", "path": "/dev/ours", "major": 1, "minor": 5, "fileMode": 416, "uid": 7, "gid": 8},
    {"type": "u", "path": "/opt/deep/node", "major": 1, "minor": 3},
    {"type": "b", "path": "/dev/disk", "major": 7, "minor": 0},
    {"type": "p", "path": "/dev/pipe", "fileMode": 384}])");
  Container box(*this, bundle);
  box.create();
  const struct stat ours = stat_of(box.inside("/dev/ours"));
  CHECK(ours.st_mode == (S_IFCHR | 0640));
  CHECK(ours.st_rdev == makedev(1, 5));
  CHECK(ours.st_uid == 7);
  CHECK(ours.st_gid == 8);
  const struct stat node = stat_of(box.inside("/opt/deep/node"));
  CHECK(S_ISCHR(node.st_mode));
  CHECK(node.st_rdev == makedev(1, 3));
  const struct stat disk = stat_of(box.inside("/dev/disk"));
  CHECK(S_ISBLK(disk.st_mode));
  CHECK(disk.st_rdev == makedev(7, 0));
  CHECK(stat_of(box.inside("/dev/pipe")).st_mode == (S_IFIFO | 0600));
}

// runc 1.1 forbids to open it then.
TEST_CASE_METHOD(Machine, "a listed device may be one of the default ones (DV-1)",
                 "[devices][berth]") {
  Bundle bundle = new_bundle().set("/linux/devices", R"([
    {"type": "c", "path": "/dev/null", "major": 1, "minor": 3, "fileMode": 438}])");
  CHECK_THAT(run(bundle, "echo x > /dev/null; stat -c %t:%T /dev/null"), Prints("1:3\n"));
}

// runc 1.1 leaves what is there.
TEST_CASE_METHOD(Machine, "something else in a device's place is an error (DV-3)",
                 "[devices][berth]") {
  Bundle bundle = new_bundle().set("/linux/devices", R"([
    {"type": "c", "path": "/dev/fine", "major": 1, "minor": 3},
    {"type": "c", "path": "/etc/passwd", "major": 1, "minor": 3}])");
  CHECK_THAT(run(bundle), Fails({"/linux/devices/1", "/etc/passwd"}));
}

TEST_CASE_METHOD(Machine, "a device is of a known kind and has numbers unless it is a pipe (DV-2)",
                 "[devices][berth]") {
  Bundle bundle = new_bundle().set("/linux/devices", R"([{"type": "x", "path": "/dev/a"},
                                                        {"type": "c", "path": "/dev/b"}])");
  CHECK_THAT(run(bundle), Fails({"/linux/devices/0", "/linux/devices/1"}));
}

TEST_CASE_METHOD(Machine,
                 "in a new user namespace a listed device has its mode and owner (DV-1 DV-4 DV-5)",
                 "[devices][berth]") {
  Bundle bundle = new_bundle().map_users(100000).set("/linux/devices", R"([
    {"type": "c", "path": "/dev/ours", "major": 1, "minor": 5, "fileMode": 416, "uid": 0, "gid": 8},
    {"type": "u", "path": "/opt/deep/node", "major": 1, "minor": 3, "uid": 7},
    {"type": "p", "path": "/dev/pipe", "fileMode": 384, "uid": 7}])");
  // Root of the container is nobody in the image.
  std::filesystem::create_directory(bundle.in_image("/opt"));
  REQUIRE(chown(bundle.in_image("/opt").c_str(), 100000, 100000) == 0);
  CHECK_THAT(run(bundle,
                 "stat -c %u:%g:%a:%t:%T /dev/ours /opt/deep/node; "
                 "stat -c %u:%g:%a:%F /dev/pipe; head -c 2 /dev/ours | wc -c"),
             Prints("0:8:640:1:5\n7:0:666:1:3\n7:0:600:fifo\n2\n"));
  Container box(*this, bundle);
  box.create();
  CHECK(stat_of(box.inside("/dev/ours")).st_gid == 100008);
}

TEST_CASE_METHOD(Machine,
                 "in a joined user namespace a listed device is the host's own (DV-1 DV-5)",
                 "[devices][berth]") {
  const Holder holder(CLONE_NEWUSER);
  Bundle bundle = new_bundle().add_namespace("user", holder.path("user"));
  bundle.set("/linux/devices",
             R"([{"type": "c", "path": "/dev/zero", "major": 1, "minor": 5, "uid": 7}])");
  CHECK_THAT(run(bundle, "head -c 2 /dev/zero | wc -c"), Prints("2\n"));
  CHECK_THAT(call({"plan", "--bundle", bundle.directory()}),
             Warns({"/linux/devices/0", "/dev/zero", "owner"}));
  // Not another one that happens to be there.
  bundle.set("/linux/devices/0/minor", "7");
  CHECK_THAT(run(bundle), Fails({"/linux/devices/0", "/dev/zero"}));
}

TEST_CASE_METHOD(Machine, "an owner that the user namespace does not have is refused (DV-5)",
                 "[devices][berth]") {
  Bundle bundle = new_bundle().map_users(100000).set("/linux/devices", R"([
    {"type": "c", "path": "/dev/ours", "major": 1, "minor": 5, "uid": 70000}])");
  CHECK_THAT(run(bundle), Fails({"/linux/devices/0/uid", "70000"}));
}

// /dev/kmsg: anybody may write to it, but for the device rules.
constexpr const char* kTryKmsg = "(: >> /kmsg) 2>&1 | grep -o 'not permitted' || echo open";

TEST_CASE_METHOD(Machine, "a device that is not allowed cannot be opened (RS-DEV-1)",
                 "[devices][cgroups]") {
  Bundle bundle = new_bundle();
  REQUIRE(mknod(bundle.in_image("/kmsg").c_str(), S_IFCHR | 0666, makedev(1, 11)) == 0);
  CHECK_THAT(run(bundle, kTryKmsg), Prints("not permitted\n"));
  // No rules at all mean the same.
  bundle.erase("/linux/resources");
  CHECK_THAT(run(bundle, kTryKmsg), Prints("not permitted\n"));
}

TEST_CASE_METHOD(Machine, "device rules hold in their order (RS-DEV-1)", "[devices][cgroups]") {
  const std::string deny = R"({"allow": false, "access": "rwm"})";
  const std::string allow =
      R"({"allow": true, "type": "c", "major": 1, "minor": 11, "access": "w"})";
  Bundle bundle = new_bundle();
  REQUIRE(mknod(bundle.in_image("/kmsg").c_str(), S_IFCHR | 0666, makedev(1, 11)) == 0);
  bundle.set("/linux/resources/devices", "[" + deny + "," + allow + "]");
  CHECK_THAT(run(bundle, kTryKmsg), Prints("open\n"));
  CHECK_THAT(run(bundle, "head -c 1 /kmsg 2>&1 | grep -o 'not permitted'"),
             Prints("not permitted\n"));
  bundle.set("/linux/resources/devices", "[" + allow + "," + deny + "]");
  CHECK_THAT(run(bundle, kTryKmsg), Prints("not permitted\n"));
}

TEST_CASE_METHOD(Machine,
                 "a node that the container makes cannot be opened without a rule (RS-DEV-1)",
                 "[devices][cgroups]") {
  Bundle bundle = new_bundle().capabilities({"CAP_MKNOD"});
  CHECK_THAT(run(bundle, "mknod /node c 1 11 && (: > /node) || echo refused"), Prints("refused\n"));
}

}  // namespace
}  // namespace berth::test
