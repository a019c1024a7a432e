// ps: which processes a container has, as pids and as a table.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

constexpr char kThree[] = "sleep 1000 & sleep 1000 & echo ready; wait";

/// Not in user-mode Linux, where ps(1) does not find the time of the boot.
bool has_table() { return run_command({.argv = {"ps", "-ef"}}).status == 0; }

/// The pids of `ps --format json`.
std::vector<pid_t> pids_of(const Outcome& outcome) {
  CHECK_THAT(outcome, Succeeds());
  std::vector<pid_t> pids;
  for (std::size_t i = 0; i < json::size_of(outcome.out, ""); ++i) {
    pids.push_back(std::stoi(json::get(outcome.out, "/" + std::to_string(i))));
  }
  return pids;
}

/// A process and its children: those of the scripts here.
std::vector<pid_t> family_of(pid_t pid) {
  std::vector<pid_t> family = {pid};
  const std::string number = std::to_string(pid);
  std::string file = "/proc/";
  file.append(number).append("/task/").append(number).append("/children");
  for (const std::string& child : words_of(read_file(file))) family.push_back(std::stoi(child));
  std::sort(family.begin(), family.end());
  return family;
}

TEST_CASE_METHOD(Machine, "ps prints the pids of all processes as the host knows them (PS-05)",
                 "[ps]") {
  Bundle bundle = new_bundle().script(kThree);
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  const std::vector<pid_t> family = family_of(box.pid());
  REQUIRE(family.size() == 3);
  const Outcome outcome = call({"ps", "--format", "json", box.id()});
  std::vector<pid_t> pids = pids_of(outcome);
  std::sort(pids.begin(), pids.end());
  CHECK(pids == family);
  CHECK(outcome.err.empty());
}

TEST_CASE_METHOD(Machine, "ps lists a process that has moved to a cgroup below (PS-08)",
                 "[ps][cgroups][berth]") {
  Bundle bundle = new_bundle().script(kThree);
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  const std::vector<pid_t> family = family_of(box.pid());
  const auto pids = cgroup_directory(box.pid(), "pids");
  const auto own = pids && !pids->unified ? pids : unified_directory(box.pid());
  if (!own) return skip("no cgroups here");
  std::filesystem::create_directory(own->path + "/below");
  write_value(own->path + "/below/cgroup.procs", std::to_string(family.back()));
  CHECK(pids_of(call({"ps", "--format", "json", box.id()})) == family);
}

TEST_CASE_METHOD(Machine, "ps prints the table of ps(1), with the options that are given (PS-04)",
                 "[ps]") {
  if (!has_table()) return skip("ps -ef fails on this machine");
  Bundle bundle = new_bundle().script(kThree);
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  const std::vector<pid_t> family = family_of(box.pid());
  const auto lines = lines_of(call({"ps", box.id()}).out);
  REQUIRE(lines.size() == 4);
  CHECK(words_of(lines[0])[1] == "PID");
  std::vector<pid_t> pids;
  for (std::size_t i = 1; i < lines.size(); ++i) pids.push_back(std::stoi(words_of(lines[i])[1]));
  CHECK(pids == family);
  const std::string own = std::to_string(box.pid());
  const auto chosen = lines_of(
      call({"ps", "--format", "table", box.id(), "-o", "ppid,pid,comm", "-p", own + ",1"}).out);
  REQUIRE(chosen.size() == 2);
  CHECK(words_of(chosen[0]) == std::vector<std::string>{"PPID", "PID", "COMMAND"});
  CHECK(words_of(chosen[1])[1] == own);
}

TEST_CASE_METHOD(Machine, "ps says what options it cannot use (PS-06)", "[ps][berth]") {
  if (!has_table()) return skip("ps -ef fails on this machine");
  Bundle bundle = new_bundle().script("echo ready; exec sleep 1000");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  CHECK_THAT(call({"ps", box.id(), "-e", "-o", "comm"}), Fails({"no column 'PID'", "add -o pid"}));
  CHECK_THAT(call({"ps", box.id(), "-e", "-o", "lstart,pid"}), Fails({"put the column PID first"}));
  CHECK_THAT(call({"ps", box.id(), "--no-such-option"}),
             Fails({"ended with status 1: error: unknown gnu long option"}));
}

TEST_CASE_METHOD(Machine, "ps of a stopped container has a header alone (PS-07)", "[ps]") {
  if (!has_table()) return skip("ps -ef fails on this machine");
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_until_stopped();
  const Outcome table = call({"ps", box.id()});
  CHECK_THAT(table, Succeeds());
  CHECK(lines_of(table.out).size() == 1);
  CHECK(contains(table.out, "PID"));
}

TEST_CASE_METHOD(Machine, "ps of a stopped container prints an empty list, of none an error",
                 "[ps][berth]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_until_stopped();
  CHECK(call({"ps", "--format", "json", box.id()}).out == "[]\n");
  CHECK_THAT(call({"ps", "nobody"}), Fails({"container 'nobody' does not exist"}));
}

/// From here on no cgroup hierarchy is mounted.
void hide_cgroups() {
  if (unshare(CLONE_NEWNS) != 0) _exit(126);
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) _exit(126);
  if (umount2("/sys/fs/cgroup", MNT_DETACH) != 0) _exit(126);
}

/// A container that was created by a berth that found no cgroups.
class Unlimited {
 public:
  Unlimited(Machine& machine, Bundle bundle)
      : machine_(machine), id_(machine.runtime().new_id()), bundle_(std::move(bundle)) {
    bundle_.erase("/linux/resources");  // device rules would need a cgroup
    Command command = machine.runtime().command({"run", "-d", "-b", bundle_.directory(), id_});
    command.prepare = hide_cgroups;
    run_ = std::make_unique<Child>(command);
    run_->wait_for_output("ready");
    CHECK(run_->wait().status == 0);
  }
  Unlimited(const Unlimited&) = delete;
  Unlimited& operator=(const Unlimited&) = delete;
  ~Unlimited() { CHECK_THAT(machine_.call({"delete", "--force", id_}), Succeeds()); }

  const std::string& id() const { return id_; }
  pid_t pid() { return std::stoi(json::get(machine_.call({"state", id_}).out, "/pid")); }

 private:
  Machine& machine_;
  std::string id_;
  Bundle bundle_;
  std::unique_ptr<Child> run_;
};

TEST_CASE_METHOD(Machine, "a container without a cgroup has the processes of its pid namespace",
                 "[ps][pause][berth]") {
  if (cgroup_mountpoints().empty()) return skip("no cgroups here");
  Bundle bundle = new_bundle().script("busybox unshare -pf sleep 1000 & echo ready; wait");
  bundle.capabilities({"CAP_SYS_ADMIN"});
  Unlimited box(*this, std::move(bundle));
  const std::vector<pid_t> family = family_of(box.pid());
  REQUIRE(family.size() == 2);
  std::vector<pid_t> nested;
  REQUIRE(eventually([&] {
    nested = family_of(family.back());
    return nested.size() == 2 &&
           namespace_of(nested.back(), "pid") != namespace_of(box.pid(), "pid");
  }));
  CHECK(pids_of(call({"ps", "--format", "json", box.id()})) ==
        std::vector<pid_t>{family.front(), nested.front(), nested.back()});
  CHECK_THAT(call({"pause", box.id()}), Fails({"no cgroup that can be frozen"}));
  CHECK(json::get(call({"state", box.id()}).out, "/status") == "running");
}

TEST_CASE_METHOD(Machine, "ps says that it does not know the processes of the host's pid namespace",
                 "[ps][berth]") {
  if (cgroup_mountpoints().empty()) return skip("no cgroups here");
  Unlimited box(*this, new_bundle().drop_namespace("pid").script("echo ready; exec sleep 1000"));
  CHECK_THAT(call({"ps", box.id()}), Fails({"neither a cgroup nor a pid namespace of its own"}));
}

}  // namespace
}  // namespace berth::test
