// The end of what a container has made of its cgroups: nested beyond any path, frozen, forking
// faster than it can be signalled.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

/// The container's own cgroups: those of two v1 hierarchies, and that of v2.
std::vector<CgroupDirectory> own_cgroups(pid_t pid) {
  std::vector<CgroupDirectory> own;
  for (const char* controller : {"pids", "freezer"}) {
    const auto directory = cgroup_directory(pid, controller);
    if (directory && !directory->unified) own.push_back(*directory);
  }
  if (const auto unified = unified_directory(pid)) own.push_back(*unified);
  return own;
}

/// As a container with a writable cgroup mount can: a chain of directories. The deepest.
sys::Fd nest(const std::string& cgroup, int depth) {
  const std::string name(61, 'n');
  sys::Fd here(open(cgroup.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < depth; ++i) {
    REQUIRE(mkdirat(here.get(), name.c_str(), 0755) == 0);
    here = sys::Fd(openat(here.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(here);
  }
  return here;
}

void move_into(const sys::Fd& cgroup, pid_t pid) {
  const std::string text = std::to_string(pid);
  const sys::Fd procs(openat(cgroup.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
  REQUIRE(write(procs.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

/// A verb with so few descriptors.
Command limited(Command command, rlim_t descriptors) {
  command.prepare = [descriptors] {
    const rlimit limit = {descriptors, descriptors};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) _exit(126);
  };
  return command;
}

/// A container without a pid namespace whose second process is in the deepest of its cgroups.
class Nested {
 public:
  Nested(Machine& machine, int depth)
      : bundle_(machine.new_bundle().drop_namespace("pid").script("sleep 1000 & echo $!; wait")),
        box_(machine, bundle_) {
    box_.create_and_start();
    box_.wait_for_output("\n");
    const pid_t second = std::stoi(box_.output());
    second_ = open_pidfd(second);
    for (const CgroupDirectory& cgroup : own_cgroups(box_.pid())) {
      // To make one takes v2 longer with every level: seconds for more than some hundred.
      move_into(nest(cgroup.path, cgroup.unified ? std::min(depth, 300) : depth), second);
    }
  }

  const std::string& id() const { return box_.id(); }
  const sys::Fd& second() const { return second_; }

 private:
  Bundle bundle_;
  Container box_;
  sys::Fd second_;
};

TEST_CASE_METHOD(
    Machine, "cgroups that a container has nested deeper than any path go with it (SR-37 SR-39)",
    "[cgroups][berth]") {
  const auto [depth, descriptors] = GENERATE(table<int, rlim_t>({{300, 1024}, {1500, 64}}));
  CAPTURE(depth, descriptors);
  Nested box(*this, depth);
  CHECK_THAT(run_command(limited(runtime().command({"delete", "--force", box.id()}), descriptors)),
             Succeeds());
  wait_for_exit(box.second());
}

TEST_CASE_METHOD(Machine, "kill --all reaches a process in the deepest cgroup (SR-37)",
                 "[cgroups][kill][berth]") {
  Nested box(*this, 1500);
  CHECK_THAT(run_command(limited(runtime().command({"kill", "--all", box.id(), "KILL"}), 64)),
             Succeeds());
  wait_for_exit(box.second());
}

// The kernel delivers no SIGKILL to what is frozen by the v1 freezer.
TEST_CASE_METHOD(Machine, "what a container has frozen below its own cgroup ends with it (SR-37)",
                 "[cgroups][berth]") {
  Bundle bundle = new_bundle().drop_namespace("pid").script("sleep 1000 & echo $!; wait");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("\n");
  const pid_t second = std::stoi(box.output());
  const sys::Fd pidfd = open_pidfd(second);
  const auto own = cgroup_directory(box.pid(), "freezer");
  if (!own) return skip("no v1 freezer");
  move_into(nest(own->path, 1), second);
  write_value(own->path + "/" + std::string(61, 'n') + "/freezer.state", "FROZEN");
  CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
  wait_for_exit(pidfd);
}

/// A container without a pid namespace whose processes replace each other, up to a limit; what ends
/// is reaped at once, as on any machine whose first process does its work.
class Hydra {
 public:
  explicit Hydra(Machine& machine)
      : machine_(machine), id_(machine.runtime().new_id()), bundle_(machine.new_bundle()) {
    std::filesystem::copy_file(BERTH_PROBE, bundle_.in_image("/bin/probe"));
    bundle_.drop_namespace("pid").args({"/bin/probe", "hydra"});
    bundle_.set("/linux/resources/pids", R"({"limit": 100})");
    Command run = machine.runtime().command({"run", "-d", "-b", bundle_.directory(), id_});
    run.argv.insert(run.argv.begin(), {BERTH_PROBE, "reaper"});
    reaper_ = std::make_unique<Child>(run);
    reaper_->wait_for_output("ready");
    cgroup_ = cgroup_directory(pid(), "pids").value().path;
    REQUIRE(eventually([&] { return lines_of(read_file(cgroup_ + "/cgroup.procs")).size() > 90; }));
  }
  Hydra(const Hydra&) = delete;
  Hydra& operator=(const Hydra&) = delete;
  ~Hydra() { CHECK_THAT(machine_.call({"delete", "--force", id_}), Succeeds()); }

  const std::string& id() const { return id_; }
  bool is_over() const {
    const auto procs = read_file_if_exists(cgroup_ + "/cgroup.procs");
    return !procs || procs->empty();
  }

 private:
  pid_t pid() { return std::stoi(json::get(machine_.call({"state", id_}).out, "/pid")); }

  Machine& machine_;
  std::string id_, cgroup_;
  Bundle bundle_;
  std::unique_ptr<Child> reaper_;
};

TEST_CASE_METHOD(Machine,
                 "delete ends a container that forks faster than it can be signalled (SR-37)",
                 "[cgroups][berth]") {
  if (!cgroup_directory(0, "pids")) return skip("nothing limits the number of processes here");
  Hydra hydra(*this);
  CHECK_THAT(call({"delete", "--force", hydra.id()}), Succeeds());
  CHECK(hydra.is_over());
}

TEST_CASE_METHOD(Machine, "kill --all ends a container that forks faster than it can be signalled",
                 "[cgroups][kill][berth]") {
  if (!cgroup_directory(0, "pids")) return skip("nothing limits the number of processes here");
  Hydra hydra(*this);
  CHECK_THAT(call({"kill", "--all", hydra.id(), "KILL"}), Succeeds());
  CHECK(eventually([&] { return hydra.is_over(); }));
}

TEST_CASE_METHOD(Machine, "a frozen cgroup is refused, and create does not wait in it (CG-FIT-1)",
                 "[cgroups][berth]") {
  const auto freezer = cgroup_directory(0, "freezer");
  const auto unified = unified_directory(0);
  const bool is_v1 = freezer && !freezer->unified;
  if (!is_v1 && !unified) return skip("no hierarchy can be frozen");
  const std::string name = "/" + runtime().new_id();
  const std::string group = (is_v1 ? freezer : unified)->mountpoint + name;
  std::filesystem::create_directory(group);
  write_value(group + (is_v1 ? "/freezer.state" : "/cgroup.freeze"), is_v1 ? "FROZEN" : "1");
  CHECK_THAT(run(new_bundle().set("/linux/cgroupsPath", json::quote(name))),
             Fails({"/linux/cgroupsPath", group, "is frozen"}));
  CHECK(rmdir(group.c_str()) == 0);
}

}  // namespace
}  // namespace berth::test
