// A user's own systemd, which makes the scopes of containers without root.
// A machine for these tests: ./dev test vm '[systemd]'.
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/systemd.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

/// A user with a home, whose systemd is started.
class UserSystemd : public Systemd {
 public:
  /// False if there is no such user.
  bool begin() {
    if (run_command({.argv = {"id", std::to_string(uid_)}}).status != 0) return false;
    systemctl({"start", "user@" + std::to_string(uid_) + ".service"});
    home_ = new_directory("home");
    REQUIRE(chown(home_.c_str(), uid_, gid_) == 0);
    return true;
  }

  /// As the user.
  Outcome call(std::vector<std::string> args) {
    args.insert(args.begin(), {Runtime::program(), "--root", home_ + "/state"});
    return run_command({.argv = args, .prepare = [this] { become_user(); }});
  }

  Bundle bundle() {
    Bundle bundle = new_bundle().script("exec sleep 1000");
    bundle.add_namespace("user");
    const std::string map = R"([{"containerID": 0, "size": 1, "hostID": )";
    bundle.set("/linux/uidMappings", map + std::to_string(uid_) + "}]");
    bundle.set("/linux/gidMappings", map + std::to_string(gid_) + "}]");
    for (const auto& entry : fs::recursive_directory_iterator(bundle.directory())) {
      REQUIRE(lchown(entry.path().c_str(), uid_, gid_) == 0);
    }
    return bundle;
  }

  std::string place() const {
    const std::string number = std::to_string(uid_);
    return "/user.slice/user-" + number + ".slice/user@" + number + ".service/user.slice/";
  }

 private:
  /// The user's own directory is mounted where systemd sees it, and not where the test is.
  void become_user() const {
    const sys::Fd mounts(open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC));
    if (setns(mounts.get(), CLONE_NEWNS) != 0) _exit(98);
    const std::string runtime_directory = "/run/user/" + std::to_string(uid_);
    setenv("XDG_RUNTIME_DIR", runtime_directory.c_str(), 1);
    unsetenv("DBUS_SESSION_BUS_ADDRESS");
    if (setgroups(0, nullptr) != 0 || setgid(gid_) != 0 || setuid(uid_) != 0) _exit(99);
  }

  /// The first that a machine has for a person.
  uid_t uid_ = 1000;
  gid_t gid_ = 1000;
  std::string home_;
};

TEST_CASE_METHOD(UserSystemd, "V2-24: a user's container is in a scope of the user's own systemd",
                 "[systemd][rootless][berth]") {
  if (is_skipped()) return;
  if (!begin()) return skip("no user with the uid 1000");
  Bundle bundle = this->bundle();
  bundle.set("/linux/resources/memory", R"({"limit": 67108864})");
  bundle.set("/linux/resources/pids", R"({"limit": 7})");
  const std::string id = runtime().new_id();
  REQUIRE_THAT(call({kFlag, "create", "--bundle", bundle.directory(), id}), Succeeds());
  const std::string cgroup = "/sys/fs/cgroup" + place() + unit_of(id);
  CHECK(read_file(cgroup + "/memory.max") == "67108864\n");
  CHECK(read_file(cgroup + "/pids.max") == "7\n");
  CHECK_THAT(call({"start", id}), Succeeds());
  CHECK_THAT(call({"pause", id}), Succeeds());
  CHECK_THAT(call({"resume", id}), Succeeds());
  CHECK_THAT(call({"delete", "--force", id}), Succeeds());
  CHECK_FALSE(fs::exists(cgroup));
}

}  // namespace
}  // namespace berth::test
