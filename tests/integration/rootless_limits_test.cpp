// What a user without privilege cannot have, and what has to be given: ids, groups, limits,
// cgroups.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/user_machine.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRanges = R"([{"containerID": 0, "hostID": 65534, "size": 1},
                                    {"containerID": 1, "hostID": 200000, "size": 1000}])";

Bundle& set_ranges(Bundle& bundle) {
  return bundle.set("/linux/uidMappings", kRanges)
      .set("/linux/gidMappings", kRanges)
      .set("/process/user", R"({"uid": 5, "gid": 6, "additionalGids": [7, 8]})");
}

bool lacks_mapper() {
  const bool is_missing = !fs::exists("/usr/bin/newuidmap");
  if (is_missing) skip("newuidmap is not installed (Debian: uidmap)");
  return is_missing;
}

TEST_CASE_METHOD(UserMachine, "newuidmap maps the ids that were granted (UM-1 US-1)",
                 "[rootless][berth]") {
  if (is_refused() || lacks_mapper()) return;
  grant();
  Bundle bundle = user_bundle();
  set_ranges(bundle);
  const std::string map = std::string(kOwnMap) + "         1     200000       1000\n";
  CHECK_THAT(user_run(bundle, "id; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups"),
             Prints("uid=5 gid=6 groups=7,8\n" + map + map + "allow\n"));
}

TEST_CASE_METHOD(UserMachine, "ids that were not granted are an error in newuidmap's words",
                 "[rootless][berth]") {
  if (is_refused() || lacks_mapper()) return;
  Bundle bundle = user_bundle();
  set_ranges(bundle);
  CHECK_THAT(user_run(bundle, "true"), Fails({"/linux/uidMappings", "newuidmap", "not allowed"}));
}

TEST_CASE_METHOD(UserMachine, "groups that cannot be set are an error (UM-1 SR-49)",
                 "[rootless][berth]") {
  Bundle bundle = user_bundle();
  bundle.set("/process/user/additionalGids", "[0]");
  CHECK_THAT(user_run(bundle, "true"), Fails({"/process/user/additionalGids", "setgroups"}));
  bundle.set("/process/user/additionalGids", "[7]");
  CHECK_THAT(user_run(bundle, "true"), Fails({"/process/user/additionalGids/0", "7"}));
}

// ---- what a user may not --------------------------------------------------------------------

TEST_CASE_METHOD(UserMachine, "a limit that a user cannot set is an error (CG-RES-1 SR-49)",
                 "[rootless][berth]") {
  Bundle bundle = user_bundle();
  bundle.set("/linux/resources", R"({"pids": {"limit": 33}})");
  CHECK_THAT(user_run(bundle, "true"), Fails({"/linux/resources/pids/limit", "delegated"}));
}

TEST_CASE_METHOD(UserMachine, "a cgroup that a user asks for and cannot have is an error",
                 "[rootless][berth]") {
  if (cgroup_mountpoints().empty()) return skip("no cgroups here");
  Bundle bundle = user_bundle();
  bundle.set("/linux/cgroupsPath", json::quote("/" + Runtime::tag()));
  CHECK_THAT(user_run(bundle, "true"), Fails({"/linux/cgroupsPath", "ermission denied"}));
}

TEST_CASE_METHOD(UserMachine,
                 "a new sysfs without a network is an error with a way out (MO-2 SR-49)",
                 "[rootless][berth]") {
  Bundle bundle = user_bundle();
  bundle.add_mount("sysfs", "sysfs", "/sys", {});
  CHECK_THAT(user_run(bundle, "true"), Fails({"/mounts/6/type", "'network'", "bind /sys"}));
}

TEST_CASE_METHOD(UserMachine, "a user cannot raise a limit above the caller's own (PL-1)",
                 "[rootless][berth]") {
  Bundle bundle = user_bundle();
  bundle.set("/process/rlimits",
             R"([{"type": "RLIMIT_NOFILE", "soft": 9, "hard": 18446744073709551615}])");
  CHECK_THAT(user_run(bundle, "true"), Fails({"/process/rlimits/0/hard", "CAP_SYS_RESOURCE"}));
}

// ---- cgroups that were given to the user ----------------------------------------------------

/// A cgroup of the hierarchy that has `pids`, which belongs to the user.
class Delegated {
 public:
  Delegated() {
    const auto home = cgroup_directory(0, "pids");
    if (!home) return;
    // Ours has processes, the test's: one of v2 passes no controllers on then.
    const fs::path own = home->path;
    path_ = (home->unified ? own.parent_path() : own) / Runtime::tag();
    add(path_);
    entrance_ = path_ + "/tasks";
    if (!home->unified) return;
    // For the same reason the caller is in a leaf.
    add(leaf_ = path_ + "/leaf");
    entrance_ = leaf_ + "/cgroup.procs";
  }
  Delegated(const Delegated&) = delete;
  Delegated& operator=(const Delegated&) = delete;
  ~Delegated() {
    for (const std::string& directory : {leaf_, path_}) {
      if (!directory.empty()) CHECK(rmdir(directory.c_str()) == 0);
    }
  }

  bool has_pids() const {
    return !path_.empty() &&
           (leaf_.empty() || contains(read_file(path_ + "/cgroup.controllers"), "pids"));
  }
  const std::string& path() const { return path_; }
  const std::string& entrance() const { return entrance_; }

 private:
  static void add(const std::string& directory) {
    REQUIRE(mkdir(directory.c_str(), 0755) == 0);
    give(directory);
    for (const char* file : {"/cgroup.procs", "/cgroup.subtree_control", "/cgroup.threads"}) {
      if (fs::exists(directory + file)) give(directory + file);
    }
  }

  std::string path_, leaf_, entrance_;
};

/// A user's container `box` in a cgroup that was given to the user.
class DelegatedBox : public UserMachine {
 protected:
  /// False if this machine cannot have it, and says why.
  bool create() {
    if (is_refused()) return false;
    if (!given_.has_pids()) {
      skip("no controller 'pids' to delegate");
      return false;
    }
    enter(given_.entrance());
    Bundle bundle = user_bundle();
    bundle.set("/linux/resources", R"({"pids": {"limit": 33}})").args({"sleep", "1000"});
    REQUIRE_THAT(user({"create", "--bundle", bundle.directory(), "box"}), Succeeds());
    return true;
  }
  std::string cgroup() const { return given_.path() + "/berth-box"; }

 private:
  Delegated given_;
};

TEST_CASE_METHOD(DelegatedBox, "where a cgroup is delegated, a user has limits (CG-PATH-3)",
                 "[rootless][berth]") {
  if (!create()) return;
  CHECK(read_file(cgroup() + "/pids.max") == "33\n");
  CHECK(lines_of(read_file(cgroup() + "/cgroup.procs")) ==
        std::vector<std::string>{json::get(user({"state", "box"}).out, "/pid")});
  CHECK_THAT(user({"delete", "--force", "box"}), Succeeds());
  CHECK(!fs::exists(cgroup()));
}

/// Does what the program could do as the owner: makes cgroups below, and takes all permissions
/// away.
void close_off(const std::string& cgroup) {
  for (const char* below : {"/a", "/a/b"}) {
    INFO(cgroup << below);
    REQUIRE(mkdir((cgroup + below).c_str(), 0755) == 0);
    give_all(cgroup + below);
  }
  for (const char* file :
       {"/cgroup.procs", "/cgroup.kill", "/cgroup.events", "/cgroup.freeze", "/memory.events",
        "/pids.events", "/pids.max", "/freezer.state", "/a/cgroup.procs", "/a/b", "/a", ""}) {
    if (fs::exists(cgroup + file)) REQUIRE(chmod((cgroup + file).c_str(), 0) == 0);
  }
}

TEST_CASE_METHOD(DelegatedBox,
                 "a container cannot take its cgroups from the user to whom they belong (SR-37)",
                 "[rootless][security][berth]") {
  if (!create()) return;
  REQUIRE_THAT(user({"start", "box"}), Succeeds());
  close_off(cgroup());
  CHECK(json::get(user({"state", "box"}).out, "/status") == "running");
  CHECK_THAT(user({"ps", "--format", "json", "box"}), Succeeds());
  CHECK_THAT(user({"exec", "box", "true"}), Succeeds());
  close_off(cgroup() + "/a/b");
  CHECK_THAT(user({"delete", "--force", "box"}), Succeeds());
  CHECK(!fs::exists(cgroup()));
}

}  // namespace
}  // namespace berth::test
