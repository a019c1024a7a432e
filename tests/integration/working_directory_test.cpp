// process.cwd: where it may lead, who may enter it, and what is made when it is missing.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

constexpr char kSysctl[] = R"({"net.ipv4.ping_group_range": "0 0"})";

/// What an image asks for; engines set a sysctl by themselves. The program tells where it is and
/// tries what the directory of the host would let it do, with the value that is there already.
Bundle in_directory(Machine& machine, const std::string& cwd) {
  Bundle bundle = machine.new_bundle();
  bundle.script(
      "pwd; if [ -e kernel/core_pattern ]; then read value < kernel/core_pattern; "
      "echo \"$value\" > kernel/core_pattern && echo wrote; fi; "
      "[ -e etc/hostname ] && echo files");
  return bundle.set("/process/cwd", json::quote(cwd));
}

void check_refused(const Outcome& outcome) {
  CHECK_THAT(outcome, Fails({"/process/cwd"}));
  CHECK(outcome.out.empty());
}

TEST_CASE_METHOD(Machine,
                 "a cwd behind a descriptor of init leads nowhere, with sysctls and without "
                 "(PR-CWD-1 SR-1 SR-16)",
                 "[cwd][security]") {
  const bool has_sysctl = GENERATE(true, false);
  for (int number = 3; number <= 20; ++number) {
    const std::string path = "/proc/self/fd/" + std::to_string(number);
    INFO(path);
    Bundle bundle = in_directory(*this, path);
    if (has_sysctl) bundle.set("/linux/sysctl", kSysctl);
    check_refused(run(bundle));
  }
}

TEST_CASE_METHOD(Machine,
                 "a cwd that is a link of the image to a descriptor of init leads nowhere "
                 "(PR-CWD-1 SR-1 SR-16)",
                 "[cwd][security]") {
  const bool has_sysctl = GENERATE(true, false);
  for (int number = 3; number <= 20; ++number) {
    Bundle bundle = in_directory(*this, "/place/deeper/..");
    if (has_sysctl) bundle.set("/linux/sysctl", kSysctl);
    const std::string target = "/proc/self/fd/" + std::to_string(number);
    INFO(target);
    REQUIRE(symlink(target.c_str(), bundle.in_image("/place").c_str()) == 0);
    check_refused(run(bundle));
    bundle.set("/process/cwd", R"("/place")");
    check_refused(run(bundle));
  }
}

TEST_CASE_METHOD(Machine, "a cwd behind any other magic link leads nowhere (PR-CWD-1 SR-1 SR-17)",
                 "[cwd][security]") {
  for (const char* path : {"/proc/self/root", "/proc/1/root", "/proc/self/cwd", "/proc/1/root/etc",
                           "/proc/thread-self/root", "/proc/self/task/1/cwd"}) {
    INFO(path);
    check_refused(run(in_directory(*this, path).set("/linux/sysctl", kSysctl)));
  }
}

TEST_CASE_METHOD(Machine, "a cwd behind ordinary links of the image is entered (PR-CWD-1)",
                 "[cwd]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/place")");
  REQUIRE(symlink("../../../var", bundle.in_image("/place").c_str()) == 0);
  CHECK_THAT(run(bundle, "pwd"), Prints("/var\n"));
  CHECK_THAT(run(bundle.set("/process/cwd", R"("/place/../place/log")")), Prints("/var/log\n"));
}

TEST_CASE_METHOD(Machine, "the program is not taken from behind a descriptor of init (SR-16)",
                 "[cwd][security]") {
  for (int number = 3; number <= 20; ++number) {
    Bundle bundle = new_bundle();
    bundle.args({"/proc/self/fd/" + std::to_string(number) + "/bin/true"});
    CHECK_THAT(run(bundle), Fails({"exec: "}));
    bundle.args({"/proc/self/fd/" + std::to_string(number)});
    CHECK_THAT(run(bundle), Fails({"exec: "}));
  }
}

TEST_CASE_METHOD(Machine, "a cwd that the user may not enter is entered with root's rights",
                 "[cwd]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/rootonly")");
  bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  REQUIRE(fs::create_directory(bundle.in_image("/rootonly")));
  REQUIRE(chmod(bundle.in_image("/rootonly").c_str(), 0700) == 0);
  CHECK_THAT(run(bundle, "pwd; id -u; ls . 2>&1; true"),
             Prints("/rootonly\n1000\nls: .: Permission denied\n"));
}

TEST_CASE_METHOD(Machine, "a missing cwd is made in a root that is read-only, and is the user's",
                 "[cwd]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/new/deep")");
  bundle.set("/process/user", R"({"uid": 1000, "gid": 1001})").set("/root/readonly", "true");
  CHECK_THAT(run(bundle, "pwd; stat -c %u:%g:%a . ..; touch x 2>&1; true"),
             Prints("/new/deep\n1000:1001:755\n0:0:755\n"
                    "touch: x: Read-only file system\n"));
}

TEST_CASE_METHOD(Machine, "a missing cwd is made with 0755, whatever the caller's umask", "[cwd]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/new/deep")");
  bundle.script("stat -c %a . ..");
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [] { umask(077); };
  CHECK_THAT(run_command(command), Prints("755\n755\n"));
}

TEST_CASE_METHOD(Machine, "a missing cwd is made on the mount that it is below", "[cwd]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/data/new")");
  const std::string volume = new_directory("volume");
  bundle.add_mount("bind", volume, "/data", {"bind"}).set("/root/readonly", "true");
  CHECK_THAT(run(bundle, "pwd"), Prints("/data/new\n"));
  CHECK(fs::is_directory(volume + "/new"));
  CHECK_FALSE(fs::exists(bundle.in_image("/data/new")));
}

TEST_CASE_METHOD(Machine, "a cwd that cannot be made is an error with its reason", "[cwd]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/data/new")");
  bundle.add_mount("bind", new_directory("volume"), "/data", {"bind", "ro"});
  CHECK_THAT(run(bundle), Fails({"/process/cwd", "'/data/new'", "read-only file system"}));
  bundle.set("/process/cwd", R"("/etc/passwd/x")");
  CHECK_THAT(run(bundle), Fails({"/process/cwd", "not a directory"}));
}

}  // namespace
}  // namespace berth::test
