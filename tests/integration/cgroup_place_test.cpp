// Where a container's cgroup is when its caller is in one: the caller's limits are its own.
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

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

void write_in_child(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) _exit(99);
  close(fd);
}

/// A cgroup in the hierarchy of one controller, for callers of berth; gone with the test.
class CallersGroup {
 public:
  explicit CallersGroup(const CgroupDirectory& hierarchy)
      : path_(hierarchy.mountpoint + "/" + Runtime::tag() + "-caller") {
    std::filesystem::create_directory(path_);
  }
  CallersGroup(const CallersGroup&) = delete;
  CallersGroup& operator=(const CallersGroup&) = delete;
  ~CallersGroup() {
    CHECK(eventually([&] { return rmdir(path_.c_str()) == 0; }));
  }

  const std::string& path() const { return path_; }

  /// The command in it, and with a cgroup namespace of its own, in which the mounts of others
  /// begin outside.
  Command in_namespace(Command command) const {
    command.prepare = [path = path_] {
      write_in_child(path + "/cgroup.procs", "0");
      if (unshare(CLONE_NEWCGROUP) != 0) _exit(98);
    };
    return command;
  }
  Command in_group(Command command) const {
    command.prepare = [path = path_] { write_in_child(path + "/cgroup.procs", "0"); };
    return command;
  }

 private:
  std::string path_;
};

TEST_CASE_METHOD(Machine, "without cgroupsPath v1 keeps a container below its caller (CG-PATH-3)",
                 "[cgroups][berth]") {
  const auto home = cgroup_directory(0, "memory");
  if (!home || home->unified) return skip("no controller memory of v1");
  const CallersGroup caller(*home);
  const std::string id = runtime().new_id();
  const Bundle bundle = new_bundle();
  const bool own_namespace = GENERATE(false, true);
  CAPTURE(own_namespace);
  const Command create = runtime().command({"create", "-b", bundle.directory(), id});
  Child child(own_namespace ? caller.in_namespace(create) : caller.in_group(create));
  CHECK_THAT(child.wait(), Succeeds());
  const pid_t pid = std::stoi(json::get(call({"state", id}).out, "/pid"));
  CHECK(cgroup_directory(pid, "memory").value().path == caller.path() + "/berth-" + id);
  CHECK_THAT(call({"delete", "--force", id}), Succeeds());
  CHECK(reap_descendants());
}

TEST_CASE_METHOD(Machine, "a limit is set with mounts from outside of the cgroup namespace, too",
                 "[cgroups][berth]") {
  const auto home = cgroup_directory(0, "memory");
  if (!home || home->unified) return skip("no controller memory of v1");
  const CallersGroup caller(*home);
  const std::string id = runtime().new_id();
  Bundle bundle = new_bundle().set("/linux/resources/memory", R"({"limit": 67108864})");
  const std::string path = "/" + Runtime::tag() + "-asked";
  const bool asks = GENERATE(false, true);
  if (asks) bundle.set("/linux/cgroupsPath", json::quote(path));
  Child child(caller.in_namespace(runtime().command({"create", "-b", bundle.directory(), id})));
  CHECK_THAT(child.wait(), Succeeds());
  const std::string group = asks ? home->mountpoint + path : caller.path() + "/berth-" + id;
  CHECK(read_file(group + "/memory.limit_in_bytes") == "67108864\n");
  CHECK_THAT(call({"delete", "--force", id}), Succeeds());
  CHECK(reap_descendants());
}

/// Its program opens a device that only its own rules allow.
Bundle with_kmsg(Machine& machine, const std::string& cgroups_path) {
  Bundle bundle = machine.new_bundle().set("/linux/cgroupsPath", json::quote(cgroups_path));
  bundle.set("/linux/devices", R"([{"path": "/dev/kmsg", "type": "c", "major": 1, "minor": 11}])");
  bundle.set("/linux/resources/devices/-",
             R"({"allow": true, "type": "c", "major": 1, "minor": 11, "access": "w"})");
  return bundle.script("echo x > /dev/null && : > /dev/kmsg && echo fine");
}

TEST_CASE_METHOD(Machine,
                 "a container can use its devices in a leftover cgroup that denied them all",
                 "[cgroups][berth]") {
  const auto home = cgroup_directory(0, "devices");
  if (!home || home->unified) return skip("no controller devices of v1");
  const std::string name = "/" + runtime().new_id();
  const std::string left = home->mountpoint + name;
  std::filesystem::create_directory(left);
  write_value(left + "/devices.deny", "a");
  CHECK_THAT(run(with_kmsg(*this, name)), Prints("fine\n"));
  CHECK(rmdir(left.c_str()) == 0);
}

TEST_CASE_METHOD(Machine, "a leftover cgroup of v2 loses the device program that was left in it",
                 "[cgroups][berth]") {
  const auto unified = unified_directory(0);
  if (!unified || cgroup_directory(0, "devices")) return skip("v1 has the device rules here");
  const std::string name = "/" + runtime().new_id();
  {
    Container lost(*this, new_bundle().set("/linux/cgroupsPath", json::quote(name)));
    lost.create();
    lost.stop();
    std::filesystem::remove_all(runtime().state_root() + "/" + lost.id());
  }
  CHECK_THAT(run(with_kmsg(*this, name)), Prints("fine\n"));
  CHECK(rmdir((unified->mountpoint + name).c_str()) == 0);
}

TEST_CASE_METHOD(Machine, "run says that the kernel killed its program for its memory (RS-MEM-1)",
                 "[cgroups][berth]") {
  if (!cgroup_directory(0, "memory")) return skip("no controller memory");
  Bundle bundle =
      new_bundle().set("/linux/resources/memory", R"({"limit": 20971520, "swap": 20971520})");
  bundle.args({"dd", "if=/dev/zero", "of=/dev/null", "bs=128M", "count=1"});
  const Outcome outcome = run(bundle);
  CHECK(outcome.status == 128 + SIGKILL);
  CHECK(contains(outcome.err, "memory limit"));
  CHECK(lines_of(outcome.err).size() == 1);
}

TEST_CASE_METHOD(Machine, "a program that is killed for another reason is not out of memory",
                 "[cgroups][berth]") {
  const Outcome outcome = run(new_bundle().args({"sh", "-c", "kill -KILL $$"}));
  CHECK_FALSE(contains(outcome.err, "memory limit"));
}

TEST_CASE_METHOD(Machine,
                 "a pids limit of 0 means no limit in a document older than 1.3.0 (RS-PID-1)",
                 "[cgroups]") {
  Bundle bundle = new_bundle().set("/linux/resources/pids", R"({"limit": 0})");
  bundle.set("/ociVersion", "\"1.0.2-dev\"");
  CHECK_THAT(run(bundle, "ls / | wc -l >/dev/null && echo forked"), Prints("forked\n"));
}

}  // namespace
}  // namespace berth::test
