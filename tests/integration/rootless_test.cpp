// Containers of a user without any privilege, with no more help than newuidmap(1).
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

/// `nobody`, whom every machine has: newuidmap wants one with a name.
constexpr uid_t kUser = 65534;
constexpr const char* kName = "nobody";

void give(const std::string& path) { REQUIRE(lchown(path.c_str(), kUser, kUser) == 0); }

void give_all(const std::string& directory) {
  give(directory);
  for (const auto& entry : fs::recursive_directory_iterator(directory)) give(entry.path());
}

/// In the child, still as root: what /etc/subuid and /etc/subgid say, in a mount namespace that
/// nobody else sees.
void grant_ids(const std::string& file) {
  unshare(CLONE_NEWNS);
  mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  mount(file.c_str(), "/etc/subuid", nullptr, MS_BIND, nullptr);
  mount(file.c_str(), "/etc/subgid", nullptr, MS_BIND, nullptr);
}

class UserMachine : public Machine {
 public:
  UserMachine() : home_(new_directory("home")), program_(home_ + "/berth") {
    // The build's own directory may be one that the user cannot enter.
    REQUIRE(fs::copy_file(Runtime::program(), program_));
    REQUIRE(chmod(home_.c_str(), 0700) == 0);
    give(home_);
    give(program_);
    give(new_directory("home/state"));
    REQUIRE(chmod((home_ + "/state").c_str(), 0700) == 0);
    write_file(place() + "/granted", std::string(kName) + ":200000:1000\n");
    write_file(place() + "/nothing", "");
  }
  ~UserMachine() { CHECK(names_in(home_ + "/state/berth") == std::vector<std::string>{}); }

  /// As the user. State is where it is by default.
  Command command(const std::vector<std::string>& args) const {
    Command command{.argv = {program_}};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    return as_user(std::move(command));
  }
  Command as_user(Command command) const {
    command.prepare = [this] {
      if (!cgroup_.empty()) write_value(cgroup_, "0");
      grant_ids(place() + (is_granted_ ? "/granted" : "/nothing"));
      if (hides_processes_ && mount("proc", "/proc", "proc", 0, "hidepid=invisible") < 0) {
        _exit(125);
      }
      setenv("XDG_RUNTIME_DIR", (home_ + "/state").c_str(), 1);
      if (setgroups(0, nullptr) < 0 || setresgid(kUser, kUser, kUser) < 0 ||
          setresuid(kUser, kUser, kUser) < 0) {
        _exit(126);
      }
    };
    return command;
  }
  Outcome user(const std::vector<std::string>& args) const { return run_command(command(args)); }
  Outcome user_run(const Bundle& bundle) {
    return user({"run", "--bundle", bundle.directory(), runtime().new_id()});
  }
  Outcome user_run(Bundle& bundle, const std::string& script) {
    return user_run(bundle.script(script));
  }

  void grant() { is_granted_ = true; }
  void enter(const std::string& procs) { cgroup_ = procs; }
  /// /proc shows nobody the processes of others, or one that may not be inspected.
  void hide_processes() { hides_processes_ = true; }

  /// What `spec --rootless` writes, for a program without a terminal.
  Bundle user_bundle() {
    Bundle bundle = new_bundle();
    give_all(bundle.directory());
    fs::remove(bundle.directory() + "/config.json");
    REQUIRE_THAT(user({"spec", "--rootless", "--bundle", bundle.directory()}), Succeeds());
    bundle.replace_config(read_file(bundle.directory() + "/config.json"));
    return bundle.set("/process/terminal", "false");
  }
  const std::string& home() const { return home_; }
  const std::string& berth() const { return program_; }

  /// Says why, when this machine lets no user make a user namespace.
  bool is_refused() const {
    const Outcome outcome = run_command(as_user({.argv = {"unshare", "--user", "true"}}));
    if (outcome.status != 0) skip("a user may make no user namespace here: " + outcome.err);
    return outcome.status != 0;
  }

 private:
  std::string home_, program_, cgroup_;
  bool is_granted_ = false, hides_processes_ = false;
};

constexpr const char* kOwnMap = "         0      65534          1\n";

TEST_CASE_METHOD(UserMachine, "a user runs a container with no help at all (UM-1 SR-49)",
                 "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  CHECK_THAT(user_run(bundle,
                      "id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map "
                      "/proc/self/setgroups; echo > /dev/null; ls -d /sys/kernel"),
             Prints(std::string("0\n0\n") + kOwnMap + kOwnMap + "deny\n/sys/kernel\n"));
}

TEST_CASE_METHOD(UserMachine, "device rules that a user cannot set change nothing, without a word",
                 "[rootless][remarks][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  bundle.set("/linux/resources", R"({"devices": [{"allow": false, "access": "rwm"}]})");
  const Outcome outcome = user_run(bundle.args({"true"}));
  CHECK_THAT(outcome, Succeeds());
  CHECK(outcome.err.empty());
  CHECK_THAT(user({"plan", "--bundle", bundle.directory()}), Warns({"/linux/resources/devices"}));
}

TEST_CASE_METHOD(UserMachine, "a user has containers where /proc hides processes (SR-34)",
                 "[rootless][berth]") {
  if (is_refused()) return;
  hide_processes();
  Bundle bundle = user_bundle();
  CHECK_THAT(user_run(bundle, "echo lives"), Prints("lives\n"));
  bundle.args({"sleep", "1000"});
  const auto status = [&] { return json::get(user({"state", "box"}).out, "/status"); };
  REQUIRE_THAT(user({"create", "--bundle", bundle.directory(), "box"}), Succeeds());
  CHECK(status() == "created");
  CHECK_THAT(user({"delete", "box"}), Succeeds());
  CHECK_THAT(user({"state", "box"}), Fails({"does not exist"}));
  REQUIRE_THAT(user({"create", "--bundle", bundle.directory(), "box"}), Succeeds());
  REQUIRE_THAT(user({"start", "box"}), Succeeds());
  CHECK(status() == "running");
  CHECK_THAT(user({"kill", "box", "KILL"}), Succeeds());
  CHECK(eventually([&] { return status() == "stopped"; }));
  CHECK_THAT(user({"delete", "box"}), Succeeds());
}

TEST_CASE_METHOD(UserMachine, "a user's container has time offsets (TO-1)", "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle().add_namespace("time").set(
      "/linux/timeOffsets", R"({"monotonic": {"secs": 7881}, "boottime": {"secs": 1000000}})");
  const Outcome outcome = user_run(bundle, "cat /proc/self/timens_offsets; cat /proc/uptime");
  REQUIRE_THAT(outcome, Succeeds());
  const std::vector<std::string> words = words_of(outcome.out);
  CHECK(std::vector<std::string>(words.begin(), words.begin() + 6) ==
        std::vector<std::string>{"monotonic", "7881", "0", "boottime", "1000000", "0"});
  CHECK(std::stod(words.at(6)) > 1000000);
}

TEST_CASE_METHOD(UserMachine, "a user's time offset that no clock can have is refused by its name",
                 "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle().add_namespace("time").set(
      "/linux/timeOffsets", R"({"monotonic": {"secs": -1000000000}})");
  CHECK_THAT(user_run(bundle, "true"), Fails({"/linux/timeOffsets/monotonic"}));
}

TEST_CASE_METHOD(UserMachine, "the life of a user's container (RT-STATE-1 RT-LC-1)",
                 "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  bundle.args({"sleep", "1000"});
  const auto status = [&] { return json::get(user({"state", "box"}).out, "/status"); };
  Child creator(command({"create", "--bundle", bundle.directory(), "box"}));
  REQUIRE_THAT(creator.wait(), Succeeds());
  CHECK(status() == "created");
  const std::string pid = json::get(user({"state", "box"}).out, "/pid");
  CHECK(words_of(status_field(std::stoi(pid), "Uid")) == std::vector<std::string>(4, "65534"));
  // Nothing of it can be inspected, not even by its own user: CVE-2016-9962.
  CHECK(run_command(as_user({.argv = {"readlink", "/proc/" + pid + "/exe"}})).status != 0);
  CHECK(run_command(as_user({.argv = {"ls", "/proc/" + pid + "/fd"}})).status != 0);
  REQUIRE_THAT(user({"start", "box"}), Succeeds());
  CHECK(status() == "running");
  CHECK_THAT(user({"delete", "box"}), Fails({"running"}));
  const sys::Fd process = open_pidfd(std::stoi(pid));
  REQUIRE_THAT(user({"kill", "--all", "box", "KILL"}), Succeeds());
  wait_for_exit(process);
  CHECK(status() == "stopped");
  CHECK_THAT(user({"delete", "box"}), Succeeds());
  reap(process);
}

TEST_CASE_METHOD(UserMachine, "a user who may not make user namespaces cannot make a container",
                 "[rootless][berth]") {
  Bundle bundle = user_bundle();
  bundle.drop_namespace("user").erase("/linux/uidMappings").erase("/linux/gidMappings");
  CHECK_THAT(user_run(bundle, "true"), Fails({"/linux/namespaces", "'user'"}));
}

// ---- ids ------------------------------------------------------------------------------------

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

// ---- what a user may ------------------------------------------------------------------------

TEST_CASE_METHOD(UserMachine, "a user has a network, mounts, devices and a score of its own",
                 "[rootless][berth]") {
  if (is_refused()) return;
  write_file(home() + "/file", "text\n");
  give(home() + "/file");
  Bundle bundle = user_bundle();
  bundle.add_namespace("network")
      .set("/process/oomScoreAdj", "1000")
      .add_mount("tmpfs", "tmpfs", "/tmp", {"nosuid"})
      .add_mount("none", home() + "/file", "/tmp/file", {"bind", "ro"});
  CHECK_THAT(user_run(bundle,
                      "cat /proc/self/oom_score_adj; grep -c lo: /proc/net/dev; "
                      "cat /tmp/file; echo x > /tmp/file; head -c 3 /dev/zero | wc -c"),
             Prints("1000\n1\ntext\n3\n"));
}

TEST_CASE_METHOD(UserMachine, "a user's container has a terminal (TERM-1)", "[rootless][berth]") {
  if (is_refused()) return;
  Bundle bundle = user_bundle();
  bundle.set("/process/terminal", "true").script("tty; id -u; exec sleep 1000");
  const std::string path = home() + "/console";
  ConsoleSocket socket(path);
  give(path);
  Child creator(
      command({"create", "--console-socket", path, "--bundle", bundle.directory(), "box"}));
  const sys::Fd master = socket.receive_master();
  REQUIRE_THAT(creator.wait(), Succeeds());
  REQUIRE_THAT(user({"start", "box"}), Succeeds());
  CHECK(read_until(master, "\n0\n") == "/dev/pts/0\n0\n");
  CHECK_THAT(user({"delete", "--force", "box"}), Succeeds());
}

TEST_CASE_METHOD(UserMachine, "root of a user namespace makes containers, too",
                 "[rootless][berth]") {
  if (is_refused()) return;
  for (const std::vector<std::string>& unshare :
       {std::vector<std::string>{"unshare", "-Ur", "-m"}, {"unshare", "-Ur"}}) {
    Bundle bundle = new_bundle().args({"cat", "/proc/self/uid_map"});
    give_all(bundle.directory());
    Command command{.argv = unshare};
    for (const std::string& word : {berth(), std::string("run"), std::string("--bundle"),
                                    bundle.directory(), runtime().new_id()}) {
      command.argv.push_back(word);
    }
    CHECK_THAT(run_command(as_user(command)), Prints(kOwnMap));
    bundle.add_namespace("user")
        .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 0, "size": 1}])")
        .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 0, "size": 1}])");
    CHECK_THAT(run_command(as_user(command)), Prints("         0          0          1\n"));
  }
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

TEST_CASE_METHOD(UserMachine, "where a cgroup is delegated, a user has limits (CG-PATH-3)",
                 "[rootless][berth]") {
  if (is_refused()) return;
  const Delegated cgroup;
  if (!cgroup.has_pids()) return skip("no controller 'pids' to delegate");
  enter(cgroup.entrance());
  Bundle bundle = user_bundle();
  bundle.set("/linux/resources", R"({"pids": {"limit": 33}})").args({"sleep", "1000"});
  REQUIRE_THAT(user({"create", "--bundle", bundle.directory(), "box"}), Succeeds());
  CHECK(read_file(cgroup.path() + "/berth-box/pids.max") == "33\n");
  CHECK(lines_of(read_file(cgroup.path() + "/berth-box/cgroup.procs")) ==
        std::vector<std::string>{json::get(user({"state", "box"}).out, "/pid")});
  CHECK_THAT(user({"delete", "--force", "box"}), Succeeds());
  CHECK(!fs::exists(cgroup.path() + "/berth-box"));
}

}  // namespace
}  // namespace berth::test
