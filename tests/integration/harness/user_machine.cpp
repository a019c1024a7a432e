#include "tests/integration/harness/user_machine.h"

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/integration/harness/files.h"

namespace berth::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* kName = "nobody";

/// In the child, still as root: what /etc/subuid and /etc/subgid say, in a mount namespace that
/// nobody else sees.
void grant_ids(const std::string& file) {
  unshare(CLONE_NEWNS);
  mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  mount(file.c_str(), "/etc/subuid", nullptr, MS_BIND, nullptr);
  mount(file.c_str(), "/etc/subgid", nullptr, MS_BIND, nullptr);
}

}  // namespace

void give(const std::string& path) { REQUIRE(lchown(path.c_str(), kUser, kUser) == 0); }

void give_all(const std::string& directory) {
  give(directory);
  for (const auto& entry : fs::recursive_directory_iterator(directory)) give(entry.path());
}

UserMachine::UserMachine() : home_(new_directory("home")), program_(home_ + "/berth") {
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

UserMachine::~UserMachine() {
  CHECK(names_in(home_ + "/state/berth") == std::vector<std::string>{});
}

Command UserMachine::command(const std::vector<std::string>& args) const {
  Command command{.argv = {program_}};
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  return as_user(std::move(command));
}

Command UserMachine::as_user(Command command) const {
  command.prepare = [this] {
    if (!cgroup_.empty()) write_value(cgroup_, "0");
    grant_ids(place() + (is_granted_ ? "/granted" : "/nothing"));
    if (hides_processes_ && mount("proc", "/proc", "proc", 0, "hidepid=invisible") < 0) {
      _exit(125);
    }
    if (!covered_.empty() &&
        mount(cover().c_str(), covered_.c_str(), nullptr, MS_BIND, nullptr) < 0) {
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

Outcome UserMachine::user_run(const Bundle& bundle) {
  return user({"run", "--bundle", bundle.directory(), runtime().new_id()});
}

Outcome UserMachine::user_run(Bundle& bundle, const std::string& script) {
  return user_run(bundle.script(script));
}

void UserMachine::cover(const std::string& file) {
  covered_ = file;
  write_file(cover(), "");
  give(cover());
}

Bundle UserMachine::user_bundle() {
  Bundle bundle = new_bundle();
  give_all(bundle.directory());
  fs::remove(bundle.directory() + "/config.json");
  REQUIRE_THAT(user({"spec", "--rootless", "--bundle", bundle.directory()}), Succeeds());
  bundle.replace_config(read_file(bundle.directory() + "/config.json"));
  return bundle.set("/process/terminal", "false");
}

bool UserMachine::is_refused() const {
  const Outcome outcome = run_command(as_user({.argv = {"unshare", "--user", "true"}}));
  if (outcome.status != 0) skip("a user may make no user namespace here: " + outcome.err);
  return outcome.status != 0;
}

}  // namespace berth::test
