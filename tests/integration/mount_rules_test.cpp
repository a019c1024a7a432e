// Where a mount stands among the others, what it takes from the directory that it covers, and what
// may be there.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/mountinfo.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

/// A directory of the image with this mode.
void make_directory(const Bundle& bundle, const std::string& path, mode_t mode) {
  fs::create_directories(bundle.in_image(path));
  REQUIRE(chmod(bundle.in_image(path).c_str(), mode) == 0);
}

// ---- their order ----------------------------------------------------------------------------

TEST_CASE_METHOD(Machine, "mounts stand in mountinfo in the order of the config (MT-1)",
                 "[mounts][berth]") {
  const std::string source = new_directory("source");
  Bundle bundle = new_bundle().drop_namespace("cgroup").script("exec sleep 1000");
  bundle.set("/mounts", R"([{"destination": "/proc", "type": "proc", "source": "proc"}])");
  bundle.add_mount("tmpfs", "tmpfs", "/dev", {"mode=755"})
      .add_mount("bind", source, "/first", {"bind"})
      .add_mount("tmpfs", "tmpfs", "/second", {})
      .add_mount("cgroup", "cgroup", "/sys/fs/cgroup", {"ro"})
      .add_mount("bind", source, "/third", {"rbind", "ro"});
  Container box(*this, bundle);
  box.create();
  std::vector<std::string> places;
  for (const MountEntry& mount : mounts_of(box.pid())) {
    const std::string& place = mount.mountpoint;
    const bool is_other = place == "/" || place.starts_with("/proc/") || place.starts_with("/dev/");
    if (!is_other && !place.starts_with("/sys/fs/cgroup/")) places.push_back(place);
    // The groups of the container come after the directory that they are in.
    if (place.starts_with("/sys/fs/cgroup/")) CHECK(places.back() == "/sys/fs/cgroup");
  }
  CHECK(places ==
        std::vector<std::string>{"/proc", "/dev", "/first", "/second", "/sys/fs/cgroup", "/third"});
}

TEST_CASE_METHOD(Machine, "the source of a bind may be what an earlier mount brought (MT-1 MT-3)",
                 "[mounts]") {
  Bundle bundle = new_bundle();
  make_directory(bundle, "/a", 0755);
  bundle.add_mount("tmpfs", "tmpfs", "/a", {})
      .add_mount("bind", bundle.in_image("/a"), "/b", {"bind"});
  CHECK_THAT(run(bundle, "echo same > /a/file; cat /b/file"), Prints("same\n"));
  CHECK(names_in(bundle.in_image("/a")) == std::vector<std::string>{});
}

TEST_CASE_METHOD(Machine, "the host bound with everything below has no copy of the container",
                 "[mounts][berth]") {
  Bundle bundle = new_bundle().add_mount("bind", "/", "/host", {"rbind"});
  bundle.script("grep -c ' /host" + bundle.in_image("/proc") + " ' /proc/self/mountinfo; exit 0");
  CHECK_THAT(run(bundle), Prints("0\n"));
}

TEST_CASE_METHOD(Machine, "a bind of links that form a loop says so (MO-bind)", "[mounts][berth]") {
  const std::string source = place() + "/loop";
  fs::create_symlink(source, source);
  const Outcome outcome = run(new_bundle().add_mount("bind", source, "/data", {"bind"}));
  CHECK_THAT(outcome, Fails({"/mounts/6/source", "form a loop"}));
  CHECK(outcome.err.find("magic link") == std::string::npos);
}

TEST_CASE_METHOD(Machine, "the source of a bind may be an open file of the caller (MT-3)",
                 "[mounts]") {
  write_file(place() + "/file", "mine\n");
  Bundle bundle = new_bundle().add_mount("bind", "/proc/self/fd/9", "/data", {"bind", "ro"});
  bundle.args({"cat", "/data"});
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  const sys::Fd file(open((place() + "/file").c_str(), O_PATH | O_CLOEXEC));
  command.prepare = [&] { pass_descriptor(file.get(), 9); };
  CHECK_THAT(run_command(command), Prints("mine\n"));
}

// ---- what they take -------------------------------------------------------------------------

TEST_CASE_METHOD(Machine, "a tmpfs without a mode has that of the directory below (MT-4)",
                 "[mounts]") {
  Bundle bundle = new_bundle();
  make_directory(bundle, "/secret", 0700);
  make_directory(bundle, "/odd", 02712);
  for (const char* place : {"/secret", "/odd", "/new"}) {
    bundle.add_mount("tmpfs", "tmpfs", place, {"nosuid"});
  }
  bundle.add_mount("tmpfs", "tmpfs", "/secret", {"nosuid", "mode=755"});
  CHECK_THAT(run(bundle, "stat -c '%n %a' /secret /odd /new; umount /secret 2> /dev/null; exit 0"),
             Prints("/secret 755\n/odd 2712\n/new 1777\n"));
  bundle.erase("/mounts/9");
  CHECK_THAT(run(bundle, "stat -c '%n %a' /secret"), Prints("/secret 700\n"));
}

TEST_CASE_METHOD(Machine, "several words of data may stand in one string (MO-UNKNOWN-1)",
                 "[mounts][options]") {
  Bundle bundle =
      new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"size=64k,mode=711", "nosuid"});
  CHECK_THAT(run(bundle, "stat -c %a /data; grep ' /data ' /proc/mounts | cut -d' ' -f4"),
             Prints("711\nrw,nosuid,relatime,size=64k,mode=711\n"));
}

TEST_CASE_METHOD(
    Machine,
    "the directories of an overlay may stand in one string, with escaped commas (MO-UNKNOWN-1)",
    "[mounts][options][berth]") {
  // No directory of overlayfs may be in another one's way: a file system of its own.
  const std::string base = new_directory("layers");
  REQUIRE(mount("tmpfs", base.c_str(), "tmpfs", 0, nullptr) == 0);
  for (const char* name : {"/lower", "/up,per", "/work"}) fs::create_directory(base + name);
  write_file(base + "/lower/file", "lower\n");
  Bundle bundle = new_bundle().add_mount(
      "overlay", "overlay", "/data",
      {"lowerdir=" + base + "/lower,upperdir=" + base + R"(/up\,per,workdir=)" + base + "/work"});
  CHECK_THAT(run(bundle, "cat /data/file; echo new > /data/other"), Prints("lower\n"));
  CHECK(read_file(base + "/up,per/other") == "new\n");
  REQUIRE(umount2(base.c_str(), MNT_DETACH) == 0);
}

TEST_CASE_METHOD(Machine, "an empty option means nothing, and validate says so", "[mounts]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"", "nosuid"});
  CHECK_THAT(run(bundle, "grep -c ' /data tmpfs rw,nosuid' /proc/mounts"), Prints("1\n"));
}

TEST_CASE_METHOD(Machine, "rootfsPropagation shared is a new peer group (RP-1)",
                 "[mounts][berth]") {
  Bundle bundle = new_bundle().set("/linux/rootfsPropagation", R"("shared")");
  bundle.script("exec sleep 1000");
  Container box(*this, bundle);
  box.create();
  const std::string propagation = mount_at(box.pid(), "/").propagation;
  CHECK(contains(propagation, "shared:"));
  CHECK_FALSE(contains(propagation, "master:"));
}

// ---- what may be there ----------------------------------------------------------------------

TEST_CASE_METHOD(Machine, "a directory that is not a procfs cannot be bound on /proc (SR-6)",
                 "[mounts][security]") {
  const std::string fake = new_directory("fake");
  fs::create_directory(fake + "/self");
  Bundle bundle = new_bundle().set("/mounts", "[]").set("/linux/maskedPaths", "[]");
  bundle.set("/linux/readonlyPaths", "[]");
  SECTION("a plain directory") { bundle.add_mount("bind", fake, "/proc", {"bind"}); }
  SECTION("a part of a procfs") { bundle.add_mount("bind", "/proc/sys", "/proc", {"bind"}); }
  SECTION("another file system") { bundle.add_mount("tmpfs", "tmpfs", "/proc", {}); }
  CHECK_THAT(run(bundle), Fails({"proc"}));
}

TEST_CASE_METHOD(Machine, "a procfs can be bound on /proc (SR-6)", "[mounts]") {
  Bundle bundle = new_bundle().set("/mounts", "[]").set("/linux/maskedPaths", "[]");
  bundle.set("/linux/readonlyPaths", "[]").add_mount("bind", "/proc", "/proc", {"rbind"});
  CHECK_THAT(run(bundle, "ls -d /proc/sys"), Prints("/proc/sys\n"));
}

TEST_CASE_METHOD(Machine, "nothing is made in a source that is read-only (SR-7)",
                 "[mounts][security]") {
  const std::string source = new_directory("source");
  Bundle bundle = new_bundle().add_mount("bind", source, "/data", {"bind", "ro"});
  bundle.add_mount("tmpfs", "tmpfs", "/data/new", {});
  CHECK_THAT(run(bundle), Fails({"/data/new"}));
  CHECK(names_in(source) == std::vector<std::string>{});
}

TEST_CASE_METHOD(Machine, "the error names the file that is in a destination's way",
                 "[mounts][berth]") {
  Bundle bundle = new_bundle();
  SECTION("above it") { bundle.add_mount("tmpfs", "tmpfs", "/etc/passwd/a/b", {}); }
  SECTION("above it, for a bind") {
    bundle.add_mount("bind", new_directory("source"), "/etc/passwd/a", {"bind"});
  }
  SECTION("itself") { bundle.add_mount("tmpfs", "tmpfs", "/etc/passwd", {"mode=755"}); }
  CHECK_THAT(run(bundle), Fails({"/mounts/6", "not a directory: '/etc/passwd'"}));
}

TEST_CASE_METHOD(Machine, "a file on a directory is an error that says so", "[mounts][berth]") {
  write_file(place() + "/file", "");
  Bundle bundle = new_bundle().add_mount("bind", place() + "/file", "/tmp", {"bind"});
  CHECK_THAT(run(bundle), Fails({"/mounts/6", "a directory is there, and the source is not one"}));
}

TEST_CASE_METHOD(Machine, "the type bind without the option is an error that says what to add",
                 "[mounts][berth]") {
  Bundle bundle = new_bundle().add_mount("bind", new_directory("source"), "/data", {"ro"});
  CHECK_THAT(run(bundle), Fails({"/mounts/6/type", "add 'bind' to the options"}));
}

TEST_CASE_METHOD(Machine, "a listed /dev/ptmx does not cover that of the container (DD-3)",
                 "[mounts][devices]") {
  Bundle bundle = new_bundle().set(
      "/linux/devices", R"([{"type": "c", "path": "/dev/ptmx", "major": 5, "minor": 2}])");
  SECTION("as root") {}
  SECTION("in a user namespace") { bundle.map_users(100000); }
  CHECK_THAT(run(bundle, "readlink /dev/ptmx; exec 3<>/dev/ptmx; ls /dev/pts/0"),
             Prints("pts/ptmx\n/dev/pts/0\n"));
}

TEST_CASE_METHOD(Machine, "the default masks hide what measures the machine (MK-1)",
                 "[mounts][protection][berth]") {
  CHECK_THAT(call({"spec", "-b", new_directory("fresh")}), Succeeds());
  const std::string config = read_file(place() + "/fresh/config.json");
  Bundle bundle = new_bundle().set("/linux/maskedPaths", json::get(config, "/linux/maskedPaths"));
  CHECK_THAT(run(bundle,
                 "cat /proc/interrupts; ls /sys/devices/virtual/powercap 2> /dev/null;"
                 "ls /sys/devices/system/cpu/cpu*/thermal_throttle/* 2> /dev/null; exit 0"),
             Prints(""));
}

}  // namespace
}  // namespace berth::test
