// What a hostile image or program tries: the runtime's own binary, descriptors, links in the image.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

struct stat stat_of(const std::string& path) {
  struct stat status {};
  INFO(path);
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status;
}

// ---- the runtime's own binary: CVE-2019-5736 ------------------------------------------------

/// Nobody can write to it, by whatever descriptor: neither open nor write works.
bool can_be_written(const std::string& path) {
  const sys::Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && write(file.get(), "x", 1) == 1;
}

TEST_CASE_METHOD(Machine, "the first process's binary cannot be written, by any way to it (SR-29)",
                 "[security]") {
  Container box(*this, new_bundle());
  box.create();
  const std::string exe = "/proc/" + std::to_string(box.pid()) + "/exe";
  const sys::Fd kept(open(exe.c_str(), O_PATH | O_CLOEXEC));
  REQUIRE(kept);
  CHECK_FALSE(can_be_written(exe));
  box.stop();
  // It is no longer busy now.
  CHECK_FALSE(can_be_written("/proc/self/fd/" + std::to_string(kept.get())));
}

// runc 1.1 is, on a read-only mount.
TEST_CASE_METHOD(Machine, "the first process is not the host's binary (SR-29)",
                 "[security][berth]") {
  Container box(*this, new_bundle());
  box.create();
  const struct stat host = stat_of(Runtime::program());
  const struct stat init = stat_of("/proc/" + std::to_string(box.pid()) + "/exe");
  CHECK((host.st_ino != init.st_ino || host.st_dev != init.st_dev));
}

TEST_CASE_METHOD(Machine,
                 "a program that is /proc/self/exe does not get at the host's binary (SR-29)",
                 "[security]") {
  const std::string before = read_file(Runtime::program());
  for (const char* link : {"/proc/self/exe", "/exe"}) {
    Bundle bundle = new_bundle().args({link});
    fs::create_symlink("/proc/self/exe", bundle.in_image("/exe"));
    Container box(*this, bundle);
    box.try_run();
    CHECK(read_file(Runtime::program()) == before);
  }
}

// ---- what the first process has open --------------------------------------------------------

// runc keeps the exec fifo, by its path.
TEST_CASE_METHOD(Machine, "a created container holds no descriptor of the host's files (SR-18)",
                 "[security][berth]") {
  Bundle bundle = new_bundle().add_mount("bind", new_directory("source"), "/data", {"bind"});
  Container box(*this, bundle);
  box.create();
  for (const Descriptor& descriptor : descriptors_of(box.pid())) {
    if (descriptor.number <= STDERR_FILENO) continue;
    INFO(descriptor.number << " is " << descriptor.target);
    CHECK(descriptor.target.compare(0, 8, "socket:[") == 0);
  }
}

TEST_CASE_METHOD(Machine,
                 "a created container is not dumpable: its own user cannot look into it (SR-19)",
                 "[security]") {
  Bundle bundle = new_bundle().map_users(100000);
  Container box(*this, bundle);
  box.create();
  const std::string directory = "/proc/" + std::to_string(box.pid());
  CHECK(words_of(status_field(box.pid(), "Uid")).at(0) == "100000");
  CHECK(stat_of(directory + "/environ").st_uid == 0);
  CHECK(stat_of(directory + "/mem").st_uid == 0);
}

TEST_CASE_METHOD(Machine, "the environment of the runtime does not enter the container (SR-25)",
                 "[security][berth]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  setenv("BERTH_TEST_SECRET", "of the caller", 1);
  box.create();
  unsetenv("BERTH_TEST_SECRET");
  const std::string environ = read_file("/proc/" + std::to_string(box.pid()) + "/environ");
  CHECK_FALSE(contains(environ, "BERTH_TEST_SECRET"));
}

TEST_CASE_METHOD(Machine, "the state root is private (SR-31)", "[security]") {
  Container box(*this, new_bundle());
  box.create();
  CHECK((stat_of(runtime().state_root() + "/" + box.id()).st_mode & 066u) == 0);
}

TEST_CASE_METHOD(Machine, "a state root that others may write is refused (SR-31)",
                 "[security][berth]") {
  const std::string root = new_directory("open");
  REQUIRE(chmod(root.c_str(), 0777) == 0);
  const Runtime other(root);
  CHECK_THAT(other.call({"run", "-b", new_bundle().directory(), runtime().new_id()}),
             Fails({root}));
}

// ---- links in the image ---------------------------------------------------------------------

/// A directory of the host with one file that nobody may touch.
class Outside {
 public:
  explicit Outside(Machine& machine) : directory(machine.new_directory("outside")) {
    write_file(victim(), "precious\n", 0600);
  }
  std::string victim() const { return directory + "/victim"; }

  void check_untouched() const {
    CHECK(names_in(directory) == std::vector<std::string>{"victim"});
    CHECK(read_file(victim()) == "precious\n");
    const struct stat status = stat_of(victim());
    CHECK(status.st_uid == 0);
    CHECK(status.st_gid == 0);
    CHECK((status.st_mode & 07777) == 0600);
  }

  const std::string directory;
};

/// The image's /dev is used as it is.
Bundle without_dev_mounts(Machine& machine) {
  Bundle bundle = machine.new_bundle();
  return bundle.set("/mounts", R"([{"destination": "/proc", "type": "proc", "source": "proc"}])");
}

TEST_CASE_METHOD(Machine,
                 "/dev of the image as a link does not lead out (CVE-2026-41579 SR-1 SR-6)",
                 "[security][berth]") {
  const Outside outside(*this);
  Bundle bundle = without_dev_mounts(*this);
  fs::remove_all(bundle.in_image("/dev"));
  fs::create_symlink(outside.directory, bundle.in_image("/dev"));
  run(bundle);
  outside.check_untouched();
  // Also not with a mount on it.
  Bundle mounted = new_bundle();
  fs::remove_all(mounted.in_image("/dev"));
  fs::create_symlink(outside.directory, mounted.in_image("/dev"));
  run(mounted);
  outside.check_untouched();
}

TEST_CASE_METHOD(Machine, "/dev/null of the image as a link is not followed (CVE-2026-88265 SR-5)",
                 "[security]") {
  const Outside outside(*this);
  Bundle bundle = without_dev_mounts(*this);
  bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  fs::create_symlink(outside.victim(), bundle.in_image("/dev/null"));
  run(bundle, "echo text; echo text > /dev/null");
  outside.check_untouched();
}

// runc 1.1 lets the image's link stand, and the program writes through what it binds.
TEST_CASE_METHOD(Machine,
                 "/dev/null as a link is not followed in a directory of the host over /dev",
                 "[security][berth]") {
  const Outside outside(*this);
  const std::string dev = new_directory("dev");
  fs::create_symlink("../host/victim", dev + "/null");
  Bundle bundle = without_dev_mounts(*this);
  bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  bundle.add_mount("bind", outside.directory, "/host", {"bind"})
      .add_mount("bind", dev, "/dev", {"bind"});
  run(bundle, "echo text");
  outside.check_untouched();
}

// runc 1.1.5 hangs.
TEST_CASE_METHOD(Machine, "masking does not use a false /dev/null (CVE-2025-31133 SR-5)",
                 "[security][berth]") {
  Bundle bundle = without_dev_mounts(*this);
  write_file(bundle.in_image("/dev/null"), "false\n");
  write_file(bundle.in_image("/secret"), "secret\n");
  bundle.set("/linux/maskedPaths", R"(["/secret"])");
  const Outcome outcome = run(bundle, "cat /secret; cat /dev/null");
  CHECK_FALSE(contains(outcome.out, "secret"));
  CHECK_FALSE(contains(outcome.out, "false"));
}

TEST_CASE_METHOD(Machine,
                 "/dev/console of the image as a link is not followed (CVE-2026-88264 SR-1)",
                 "[security]") {
  const Outside outside(*this);
  for (const std::string& target : {outside.victim(), outside.directory + "/new"}) {
    Bundle bundle = without_dev_mounts(*this).set("/process/terminal", "true");
    fs::create_symlink(target, bundle.in_image("/dev/console"));
    const std::string path = place() + "/console" + std::to_string(target.size());
    const ConsoleSocket console(path);
    Container box(*this, bundle);
    box.try_create({"--console-socket", path});
    outside.check_untouched();
  }
}

TEST_CASE_METHOD(Machine,
                 "/proc and /sys of the image as links are refused (CVE-2019-19921 SR-6 SR-9)",
                 "[security]") {
  for (const char* name : {"/proc", "/sys"}) {
    INFO(name);
    Bundle bundle = new_bundle();
    fs::remove(bundle.in_image(name));
    fs::create_directory(bundle.in_image("/tmp/false"));
    fs::create_symlink("/tmp/false", bundle.in_image(name));
    CHECK_THAT(run(bundle), Fails());
  }
}

TEST_CASE_METHOD(Machine, "a missing cwd is made in the image, not where a link leads (SR-1 SR-2)",
                 "[security]") {
  const Outside outside(*this);
  Bundle bundle = new_bundle().set("/process/cwd", R"("/link/new")");
  fs::create_symlink("../../../../../../.." + outside.directory, bundle.in_image("/link"));
  run(bundle);
  outside.check_untouched();
}

TEST_CASE_METHOD(Machine, "devices are not made where a link of the image leads (DV-4 SR-1 SR-2)",
                 "[security]") {
  const Outside outside(*this);
  Bundle bundle = new_bundle().set(
      "/linux/devices", R"([{"type": "c", "path": "/link/node", "major": 1, "minor": 3}])");
  fs::create_symlink("../../../../../../.." + outside.directory, bundle.in_image("/link"));
  run(bundle);
  outside.check_untouched();
}

TEST_CASE_METHOD(Machine, "the old root cannot be reached from inside (RF-06 SR-4)", "[security]") {
  const Outside outside(*this);
  Bundle bundle = new_bundle();
  CHECK_THAT(run(bundle, "cd /; for i in 1 2 3 4 5 6 7 8; do cd ..; done; ls -d ./" +
                             outside.directory + " 2>/dev/null || echo unreachable"),
             Prints("unreachable\n"));
}

TEST_CASE_METHOD(Machine, "a very large config is accepted (CVE-2021-43784 SR-41)", "[security]") {
  Bundle bundle = new_bundle();
  std::string groups, masks;
  for (int i = 1; i <= 8000; ++i) groups += (i > 1 ? "," : "") + std::to_string(i);
  for (int i = 1; i <= 3000; ++i) {
    masks +=
        (i > 1 ? "," : "") + json::quote("/no/such/" + std::string(100, 'x') + std::to_string(i));
  }
  bundle.set("/process/user/additionalGids", "[" + groups + "]");
  bundle.set("/linux/maskedPaths", "[" + masks + "]");
  CHECK_THAT(run(bundle, "grep Groups: /proc/self/status | wc -w"), Prints("8001\n"));
}

}  // namespace
}  // namespace berth::test
