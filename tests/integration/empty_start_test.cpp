// Containers whose mount namespace begins as a copy of an empty one, and that namespace itself.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/namespaces/empty_namespace.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
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
  utsname system = {};
  int version = 0, minor = 0;
  REQUIRE(::uname(&system) == 0);
  REQUIRE(std::sscanf(system.release, "%d.%d", &version, &minor) == 2);
  const bool is_old = version < 6 || (version == 6 && minor < 15);
  REQUIRE((is_old || std::getenv("BERTH_TEST_WITHOUT_EMPTY_NAMESPACE") != nullptr));
  skip("there is to be no empty mount namespace, or this kernel is older than 6.15");
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

/// The names at the root of the mount namespace, or nothing if something could be made there.
std::string root_of_namespace(pid_t pid) {
  const std::string script =
      "cd /; echo *; mkdir new 2>/dev/null && echo made; mount -o remount,bind,rw / 2>/dev/null; "
      "mkdir new 2>/dev/null && echo made";
  const sys::Fd space(
      ::open(("/proc/" + std::to_string(pid) + "/ns/mnt").c_str(), O_RDONLY | O_CLOEXEC));
  // Whoever enters has no program there.
  const sys::Fd shell(::open("/bin/busybox", O_RDONLY));
  REQUIRE(shell);
  Command command{.argv = {"/proc/self/fd/100", "sh", "-c", script}};
  command.prepare = [&] {
    pass_descriptor(shell.get(), 100);
    const char* const argv[] = {"sh", "-c", script.c_str(), nullptr};
    if (::setns(space.get(), CLONE_NEWNS) == 0)
      ::fexecve(100, const_cast<char* const*>(argv), environ);
    ::_exit(100);
  };
  return run_command(command).out;
}

TEST_CASE_METHOD(Machine, "below the root is an empty directory, to which nobody can write (SR-4)",
                 "[empty][security]") {
  if (is_skipped(*this)) return;
  Bundle bundle = new_bundle().args({"sleep", "1000"}).capabilities({"CAP_SYS_ADMIN"});
  Container box(*this, bundle);
  box.create_and_start();
  CHECK(contains(root_of_namespace(box.pid()), " proc "));
  // As the program could, with this capability.
  REQUIRE(in_mounts_of(box.pid(), {"/bin/umount", "-l", "/"}).status == 0);
  CHECK(fs::exists(box.inside("/bin")));  // the processes keep what they had
  CHECK(root_of_namespace(box.pid()) == "*\n");
}

TEST_CASE_METHOD(Machine, "a program that leaves its root finds the root again (SR-4)",
                 "[empty][security]") {
  Bundle bundle = new_bundle().capabilities({"CAP_SYS_CHROOT"});
  fs::create_directories(bundle.in_image("/sub/bin"));
  fs::create_directory(bundle.in_image("/sub/proc"));
  fs::copy_file("/bin/busybox", bundle.in_image("/sub/bin/sh"));
  write_file(bundle.in_image("/mark"), "mine\n");
  bundle.add_mount("proc", "proc", "/sub/proc", {});
  // Descriptor 3 is a directory outside of the new root.
  bundle.script(
      "exec 3</; chroot /sub /bin/sh -c "
      "'cd -P /proc/self/fd/3 && cd -P .. && cd -P ../.. && read mark <mark && echo $mark'");
  CHECK_THAT(run(bundle), Prints("mine\n"));
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
    REQUIRE(::mount("none", kPlace.c_str(), "tmpfs", 0, "mode=700") == 0);
  }
  SECTION("where mounts propagate to others") {
    REQUIRE(::mount("none", kPlace.c_str(), "tmpfs", 0, "mode=700") == 0);
    REQUIRE(::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) == 0);
  }
  CHECK_FALSE(begins_empty(*this));
  // A create beside another one that is making its own does without.
  CHECK(eventually([&] {
    REQUIRE(run(new_bundle()).status == 0);
    return begins_empty(*this);
  }));
}

TEST_CASE_METHOD(Machine, "a file 'off' keeps create from making it", "[empty]") {
  const Elsewhere elsewhere;
  REQUIRE(::mount("none", kPlace.c_str(), "tmpfs", 0, "mode=700") == 0);
  write_file(kPlace + "/off", "");
  CHECK_THAT(run(new_bundle()), Succeeds());
  CHECK(names_in(kPlace) == std::vector<std::string>{"off"});
}

TEST_CASE_METHOD(Machine, "what has mounts is not taken for the empty mount namespace", "[empty]") {
  const Elsewhere elsewhere;
  REQUIRE(::mount("none", kPlace.c_str(), "tmpfs", 0, "mode=700") == 0);
  write_file(kPlace + "/off", "");
  write_file(kFile, "");
  // The kernel numbers namespaces for each processor, and takes the file of a higher number only.
  std::optional<Holder> full;
  cpu_set_t former;
  REQUIRE(::sched_getaffinity(0, sizeof former, &former) == 0);
  bool is_mounted = false;
  for (int processor = 0; processor < CPU_SETSIZE && !is_mounted; ++processor) {
    if (!CPU_ISSET(processor, &former)) continue;
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(processor, &only);
    REQUIRE(::sched_setaffinity(0, sizeof only, &only) == 0);
    full.emplace(CLONE_NEWNS);
    is_mounted = ::mount(full->path("mnt").c_str(), kFile.c_str(), nullptr, MS_BIND, nullptr) == 0;
  }
  REQUIRE(::sched_setaffinity(0, sizeof former, &former) == 0);
  REQUIRE(is_mounted);
  CHECK_FALSE(begins_empty(*this));
  CHECK_THAT(run(new_bundle()), Succeeds());
  REQUIRE(::umount(kFile.c_str()) == 0);
}

// ---- the same container either way ----------------------------------------------------------

/// What `run` says, with the propagation of each mount but not the numbers of its groups.
std::string mounts_of(Machine& machine, Bundle& bundle) {
  const Outcome outcome = machine.run(bundle.script(
      "sed -E 's/^[0-9]+ [0-9]+ [0-9:]+ //; s/(shared|master|propagate_from):[0-9]+/\\1/g' "
      "/proc/self/mountinfo; ls /m /n /m/inner /m/d 2>/dev/null"));
  const std::size_t behind_id = std::min(outcome.err.find(": config.json"), outcome.err.size());
  return std::to_string(outcome.status) + "\n" + outcome.out + outcome.err.substr(behind_id);
}

TEST_CASE_METHOD(Machine, "a container has the same mounts, whichever way it gets them",
                 "[empty][mounts]") {
  if (is_skipped(*this)) return;
  const Elsewhere elsewhere;
  REQUIRE(::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) == 0);
  REQUIRE(eventually([] {
    sys::make_empty_namespace();
    return sys::has_empty_namespace();
  }));
  REQUIRE(begins_empty(*this));
  const std::string host = new_directory("host"), inner = new_directory("host/inner");
  REQUIRE(::mount("host", host.c_str(), "tmpfs", 0, nullptr) == 0);
  fs::create_directory(inner);
  REQUIRE(::mount("inner", inner.c_str(), "tmpfs", 0, nullptr) == 0);
  write_file(inner + "/file", "");
  Bundle bundle = new_bundle();
  SECTION("an unbindable mount below the source") {
    REQUIRE(::mount(nullptr, inner.c_str(), nullptr, MS_UNBINDABLE, nullptr) == 0);
    bundle.add_mount("bind", host, "/m", {"rbind"});
  }
  SECTION("an unbindable source") {
    REQUIRE(::mount(nullptr, inner.c_str(), nullptr, MS_UNBINDABLE, nullptr) == 0);
    bundle.add_mount("bind", inner, "/m", {"bind"});
  }
  SECTION("a source in the root, by a link") {
    fs::create_directory(bundle.in_image("/n"));
    fs::create_symlink(bundle.in_image("/n"), place() + "/link");
    bundle.add_mount("tmpfs", "tmpfs", "/n", {})
        .add_mount("bind", place() + "/link", "/m", {"bind"});
  }
  SECTION("a private mount in a shared one") {
    fs::create_directory(host + "/d");
    bundle.add_mount("bind", host, "/m", {"rbind", "rshared"});
    bundle.add_mount("tmpfs", "tmpfs", "/m/d", {"private"});
  }
  SECTION("slaves") { bundle.add_mount("bind", host, "/m", {"rbind", "rslave"}); }
  SECTION("private ones") { bundle.add_mount("bind", host, "/m", {"rbind", "rprivate", "ro"}); }
  SECTION("no word") { bundle.add_mount("bind", host, "/m", {"rbind"}); }
  SECTION("a mount over the cgroups") {
    bundle.add_mount("tmpfs", "tmpfs", "/sys/fs/cgroup", {"nosuid"});
  }
  SECTION("masked cgroups") { bundle.set("/linux/maskedPaths/-", R"("/sys/fs/cgroup")"); }
  SECTION("a mount below read-only cgroups") {
    bundle.add_mount("tmpfs", "tmpfs", "/sys/fs/cgroup/new", {});
  }
  SECTION("all of the host") { bundle.add_mount("bind", "/", "/m", {"rbind", "ro"}); }
  SECTION("a read-only root without propagation") {
    bundle.set("/linux/rootfsPropagation", R"("private")");
  }
  const std::string with = mounts_of(*this, bundle);
  (void)::umount((host + "/d").c_str());  // a shared mount has brought it here
  REQUIRE(::umount2(kPlace.c_str(), MNT_DETACH) == 0);
  write_file(kPlace + "/off", "");
  REQUIRE_FALSE(begins_empty(*this));
  const std::string without = mounts_of(*this, bundle);
  CHECK(with == without);
  REQUIRE(::umount2(host.c_str(), MNT_DETACH) == 0);
}

}  // namespace
}  // namespace berth::test
