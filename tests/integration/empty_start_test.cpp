// Containers whose mount namespace begins as a copy of an empty one, and that namespace itself.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/linux/namespaces/empty_namespace.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

const std::string kFile = sys::kEmptyNamespace;
const std::string kPlace = fs::path(kFile).parent_path();

/// What the test does is only about containers that begin empty.
bool begins_empty(Machine& machine) {
  const Bundle bundle = machine.new_bundle();
  const Outcome plan = machine.call({"plan", "--bundle", bundle.directory()});
  REQUIRE(plan.status == 0);
  return contains(plan.out, "a copy of the empty one");
}

bool is_skipped(Machine& machine) {
  if (begins_empty(machine)) return false;
  skip("this machine has no empty mount namespace");
  return true;
}

/// Runs a command in the mount namespace of a process.
Outcome in_mounts_of(pid_t pid, const std::vector<std::string>& command) {
  std::vector<std::string> argv = {"nsenter", "--mount=/proc/" + std::to_string(pid) + "/ns/mnt"};
  argv.insert(argv.end(), command.begin(), command.end());
  return run_command({.argv = argv});
}

TEST_CASE_METHOD(Machine, "a mount namespace that begins empty shows the root to all who enter it",
                 "[empty]") {
  if (is_skipped(*this)) return;
  Bundle bundle = new_bundle().args({"sleep", "1000"});
  write_file(bundle.in_image("/mark"), "in the image");
  Container box(*this, bundle);
  box.create_and_start();
  CHECK(in_mounts_of(box.pid(), {"/bin/cat", "/mark"}).out == "in the image");
  CHECK(box.call("exec", {"cat", "/mark"}).out == "in the image");
  const std::string own = read_file("/proc/" + std::to_string(box.pid()) + "/mountinfo");
  CHECK(in_mounts_of(box.pid(), {"/bin/cat", "/proc/1/mountinfo"}).out == own);
}

TEST_CASE_METHOD(Machine, "below the root is an empty directory, to which nobody can write (SR-4)",
                 "[empty][security]") {
  if (is_skipped(*this)) return;
  Bundle bundle = new_bundle().args({"sleep", "1000"}).capabilities({"CAP_SYS_ADMIN"});
  Container box(*this, bundle);
  box.create_and_start();
  // As the program could, with this capability.
  REQUIRE(in_mounts_of(box.pid(), {"/bin/umount", "-l", "/"}).status == 0);
  const fs::path root = "/proc/" + std::to_string(box.pid()) + "/root";
  CHECK(fs::exists(root / "bin"));  // the processes keep what they had
  // A process that enters the namespace now is in that directory.
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string space = "/proc/" + std::to_string(box.pid()) + "/ns/mnt";
    const int fd = ::open(space.c_str(), O_RDONLY | O_CLOEXEC);
    int found = 0;
    if (::setns(fd, CLONE_NEWNS) != 0) ::_exit(100);
    if (!names_in("/").empty() || !names_in("/..").empty()) found |= 1;
    if (::mkdir("/new", 0700) == 0 || errno != EROFS) found |= 2;
    if (::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND, nullptr) == 0 &&
        ::mkdir("/new", 0700) == 0) {
      found |= 4;
    }
    ::_exit(found);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE_METHOD(Machine, "a program that leaves its root finds the root again (SR-4)",
                 "[empty][security]") {
  Bundle bundle = new_bundle().capabilities({"CAP_SYS_CHROOT"});
  fs::create_directory(bundle.in_image("/sub"));
  write_file(bundle.in_image("/mark"), "mine");
  // chroot(1) changes the directory, so this process has one outside of its root.
  bundle.script(
      "exec 3</; chroot /sub /proc/self/fd/3/bin/sh -c "
      "'cd /proc/self/fd/3/../../../.. && cat mark' 2>/dev/null || cat /mark; "
      "cd /../../.. && cat mark");
  CHECK_THAT(run(bundle), Prints("minemine"));
}

TEST_CASE_METHOD(Machine, "in it a program makes namespaces and roots of its own", "[empty]") {
  Bundle bundle = new_bundle().capabilities({"CAP_SYS_ADMIN", "CAP_SYS_CHROOT"});
  for (const char* path : {"/new", "/old"}) fs::create_directory(bundle.in_image(path));
  SECTION("a user namespace, as no process outside of its root may") {
    bundle.script("unshare -U sh -c 'echo made'");
  }
  SECTION("another root") {
    bundle.script(
        "unshare -m sh -c 'mount -o bind / /new && cd /new && pivot_root . old && umount -l /old "
        "&& echo made'");
  }
  CHECK_THAT(run(bundle), Prints("made\n"));
}

TEST_CASE_METHOD(Machine, "mounts are listed in the order of the config, binds among them (MO-1)",
                 "[empty][mounts]") {
  Bundle bundle = new_bundle();
  const std::string host = new_directory("host");
  bundle.add_mount("tmpfs", "tmpfs", "/a", {}).add_mount("bind", host, "/b", {"rbind"});
  bundle.add_mount("tmpfs", "tmpfs", "/c", {}).add_mount("bind", host, "/d", {"bind", "ro"});
  bundle.script("awk '$5 ~ \"^/[abcd]$\" {print $5}' /proc/self/mountinfo");
  CHECK_THAT(run(bundle), Prints("/a\n/b\n/c\n/d\n"));
}

// ---- the namespace itself -------------------------------------------------------------------

/// A mount namespace of the test's own, in which the file can be taken away.
class Elsewhere {
 public:
  Elsewhere() : former_(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC)) {
    REQUIRE(::unshare(CLONE_NEWNS) == 0);
    REQUIRE(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
  }
  ~Elsewhere() { CHECK(::setns(former_.get(), CLONE_NEWNS) == 0); }

 private:
  sys::Fd former_;
};

TEST_CASE_METHOD(Machine, "where the empty mount namespace is missing, create makes it",
                 "[empty]") {
  if (is_skipped(*this)) return;
  const Elsewhere elsewhere;
  SECTION("in a mount namespace that has its directory, but not the mount in it") {
    REQUIRE(fs::exists(kFile));
  }
  SECTION("in an empty directory") {
    REQUIRE(::mount("none", kPlace.c_str(), "tmpfs", 0, nullptr) == 0);
  }
  SECTION("where mounts propagate to others") {
    REQUIRE(::mount("none", kPlace.c_str(), "tmpfs", 0, nullptr) == 0);
    REQUIRE(::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) == 0);
  }
  CHECK_FALSE(begins_empty(*this));
  CHECK_THAT(run(new_bundle()), Succeeds());
  CHECK(begins_empty(*this));
}

TEST_CASE_METHOD(Machine, "a file 'off' keeps create from making it", "[empty]") {
  const Elsewhere elsewhere;
  REQUIRE(::mount("none", kPlace.c_str(), "tmpfs", 0, nullptr) == 0);
  write_file(kPlace + "/off", "");
  CHECK_THAT(run(new_bundle()), Succeeds());
  CHECK(names_in(kPlace) == std::vector<std::string>{"off"});
}

TEST_CASE_METHOD(Machine, "what has mounts is not taken for the empty mount namespace", "[empty]") {
  const Elsewhere elsewhere;
  REQUIRE(::mount("none", kPlace.c_str(), "tmpfs", 0, nullptr) == 0);
  write_file(kFile, "");
  write_file(kPlace + "/off", "");
  const Elsewhere further;  // its number is higher, or the kernel would not mount it
  const std::string host = new_directory("x");
  REQUIRE(::mount("/proc/self/ns/net", kFile.c_str(), nullptr, MS_BIND, nullptr) == 0);
  CHECK_FALSE(begins_empty(*this));
}

}  // namespace
}  // namespace berth::test
