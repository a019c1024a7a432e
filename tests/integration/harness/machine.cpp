#include "tests/integration/harness/machine.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "runtime/linux/namespaces/empty_namespace.h"
#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"

namespace berth::test {

namespace {

/// The network that the test was started in.
const sys::Fd& machine_network() {
  static const sys::Fd network(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  return network;
}

/// The tests have an empty mount namespace of their own, or none if the environment says so:
/// containers are made with it or without.
void keep_empty_namespace() {
  const std::string directory = sys::kEmptyNamespaceDirectory;
  REQUIRE((mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST));
  REQUIRE(mount("berth-test", directory.c_str(), "tmpfs", 0, "mode=700") == 0);
  if (std::getenv("BERTH_TEST_WITHOUT_EMPTY_NAMESPACE") != nullptr) {
    write_file(directory + "/off", "");
    return;
  }
  // Another test that is just making its own has the lock; `off` is there where none can be made.
  REQUIRE(eventually([&] {
    sys::make_empty_namespace();
    return sys::has_empty_namespace() || std::filesystem::exists(directory + "/off");
  }));
}

/// Whatever else runs on this machine mounts and makes interfaces elsewhere.
bool enter_own_namespaces() {
  REQUIRE(machine_network());
  REQUIRE(unshare(CLONE_NEWNS | CLONE_NEWNET) == 0);
  // Private first: the new peer group must not be the machine's.
  REQUIRE(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
  REQUIRE(mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) == 0);
  keep_empty_namespace();
  return true;
}

std::string make_place() {
  INFO("real containers need root");
  REQUIRE(geteuid() == 0);
  static const bool once = enter_own_namespaces();
  REQUIRE(once);
  REQUIRE(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  umask(022);
  std::string path = std::filesystem::temp_directory_path() / "berth-test-XXXXXX";
  REQUIRE(mkdtemp(path.data()) != nullptr);
  // Roots of user namespaces have to get through.
  REQUIRE(chmod(path.c_str(), 0755) == 0);
  return path;
}

}  // namespace

Machine::Machine()
    : place_(make_place()), runtime_(place_ + "/state"), before_(take_census(Runtime::tag())) {}

Machine::~Machine() {
  const std::vector<std::string> nothing;
  const std::vector<std::string> left = names_in(runtime_.state_root());
  CHECK(left == nothing);
  for (const std::string& id : left) call({"delete", "--force", id});
  CHECK(reap_descendants());
  const Census after = take_census(Runtime::tag());
  CHECK(without(after.mounts, before_.mounts) == nothing);
  CHECK(without(before_.mounts, after.mounts) == nothing);
  CHECK(without(after.cgroups, before_.cgroups) == nothing);
  CHECK(without(after.interfaces, before_.interfaces) == nothing);
  CHECK(without(before_.interfaces, after.interfaces) == nothing);
  CHECK(without(after.descriptors, before_.descriptors) == nothing);
  remove_cgroups(after.cgroups);
  // A mount that stays may be a bind of anything: then nothing is removed.
  if (unmount_below(place_)) {
    std::error_code ignored;
    std::filesystem::remove_all(place_, ignored);
  }
}

std::string Machine::new_directory(const std::string& name) {
  std::string path = place_ + "/" + name;
  REQUIRE(std::filesystem::create_directories(path));
  return path;
}

Outcome Machine::call_as_nobody(const std::vector<std::string>& args) {
  const std::string program = place() + "/berth-of-nobody";
  if (!std::filesystem::exists(program)) {
    std::filesystem::copy_file(Runtime::program(), program);
  }
  Command command = runtime().command(args);
  command.argv.front() = program;
  command.prepare = [] {
    constexpr uid_t kNobody = 65534;
    if (setgid(kNobody) != 0 || setuid(kNobody) != 0) _exit(99);
  };
  return run_command(command);
}

Outcome Machine::run(const Bundle& bundle) {
  return call({"run", "--bundle", bundle.directory(), runtime_.new_id()});
}

Outcome Machine::run(Bundle& bundle, const std::string& script) {
  return run(bundle.script(script));
}

void enter_machine_network() {
  if (setns(machine_network().get(), CLONE_NEWNET) != 0) _exit(126);
}

void skip(const std::string& why) {
  WARN("skipped: " << why);
  SUCCEED();
}

}  // namespace berth::test
