// pause and resume: what is frozen, what a paused container still does, and how it ends.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

/// The container's cgroup in the v1 freezer, or else in v2; empty where neither exists.
struct Freezer {
  explicit Freezer(pid_t pid) {
    const auto legacy = cgroup_directory(pid, "freezer");
    const auto unified = unified_directory(pid);
    if (legacy && !legacy->unified) v1 = legacy->path;
    if (unified) v2 = unified->path;
  }

  bool exists() const { return !v1.empty() || !v2.empty(); }
  /// Also while the kernel still waits for a process.
  bool is_asked() const {
    return is_frozen_v1() || (!v2.empty() && read_file(v2 + "/cgroup.freeze") == "1\n");
  }
  bool is_frozen() const {
    return is_frozen_v1() ? read_file(v1 + "/freezer.state") == "FROZEN\n"
                          : !v2.empty() && contains(read_file(v2 + "/cgroup.events"), "frozen 1");
  }
  bool is_frozen_v1() const {
    return !v1.empty() && read_file(v1 + "/freezer.state") != "THAWED\n";
  }

  std::string v1, v2;
};

constexpr char kEcho[] =
    "trap 'echo got TERM' TERM; (while true; do sleep 1000; done) & echo ready\n"
    "while true; do sleep 1000 & wait; done";

/// A running container whose program has said `ready`, if this machine can freeze it.
class Paused {
 public:
  explicit Paused(Machine& machine, Bundle bundle)
      : bundle_(std::move(bundle)), box_(machine, bundle_) {
    box_.create_and_start();
    box_.wait_for_output("ready");
    freezer_ = std::make_unique<Freezer>(box_.pid());
  }

  Container& box() { return box_; }
  const Freezer& freezer() const { return *freezer_; }
  bool can_pause() const { return freezer_->exists(); }
  void pause() { REQUIRE_THAT(box_.call("pause"), Succeeds()); }
  void resume() { REQUIRE_THAT(box_.call("resume"), Succeeds()); }

 private:
  Bundle bundle_;
  Container box_;
  std::unique_ptr<Freezer> freezer_;
};

TEST_CASE_METHOD(Machine,
                 "pause freezes a container, resume lets it run, the status follows (PS-01 ST-07)",
                 "[pause]") {
  Paused paused(*this, new_bundle().script(kEcho));
  if (!paused.can_pause()) return skip("no freezer");
  for (int round = 0; round < 2; ++round) {
    paused.pause();
    CHECK(paused.freezer().is_frozen());
    CHECK(paused.box().status() == "paused");
    CHECK(paused.box().state_of("pid") == std::to_string(paused.box().pid()));
    CHECK(contains(call({"list", "--format", "json"}).out, R"("status":"paused")"));
    paused.resume();
    CHECK_FALSE(paused.freezer().is_asked());
    CHECK(paused.box().status() == "running");
  }
}

TEST_CASE_METHOD(Machine, "a paused container receives a signal when it is resumed",
                 "[pause][kill]") {
  Paused paused(*this, new_bundle().script(kEcho));
  if (!paused.can_pause()) return skip("no freezer");
  paused.pause();
  paused.box().kill("TERM");
  CHECK(paused.box().status() == "paused");
  CHECK_FALSE(contains(paused.box().output(), "got TERM"));
  paused.resume();
  paused.box().wait_for_output("got TERM");
}

TEST_CASE_METHOD(Machine, "SIGKILL ends a paused container, which delete then removes (DL-08)",
                 "[pause][kill]") {
  Paused paused(*this, new_bundle().script(kEcho));
  if (!paused.can_pause()) return skip("no freezer");
  paused.pause();
  const bool is_to_all = GENERATE(false, true);
  if (is_to_all) {
    CHECK_THAT(paused.box().call("kill", {"--all", "KILL"}), Succeeds());
  } else {
    paused.box().kill("KILL");
  }
  paused.box().wait_until_stopped();
  CHECK(paused.box().status() == "stopped");
  CHECK_THAT(paused.box().call("resume"), Fails());
  paused.box().remove();
}

// A process in a v1 cgroup that is frozen has to be thawed for its end.
TEST_CASE_METHOD(Machine, "SIGKILL ends a container that was frozen by other means",
                 "[pause][kill][berth]") {
  Paused paused(*this, new_bundle().script(kEcho));
  if (paused.freezer().v1.empty()) return skip("no v1 freezer");
  write_value(paused.freezer().v1 + "/freezer.state", "FROZEN");
  CHECK(paused.box().status() == "paused");
  paused.resume();
  CHECK(paused.box().status() == "running");
  write_value(paused.freezer().v1 + "/freezer.state", "FROZEN");
  paused.box().kill("KILL");
  paused.box().wait_until_stopped();
}

TEST_CASE_METHOD(Machine, "delete removes a paused container only by force (DL-08)", "[pause]") {
  Paused paused(*this, new_bundle().script(kEcho));
  if (!paused.can_pause()) return skip("no freezer");
  paused.pause();
  CHECK_THAT(paused.box().call("delete"), Fails());
  CHECK(paused.box().status() == "paused");
  CHECK_THAT(paused.box().call("delete", {"--force"}), Succeeds());
  CHECK_THAT(paused.box().call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "pause and resume refuse what is not so, and change nothing (PS-02)",
                 "[pause][berth]") {
  CHECK_THAT(call({"pause", "nobody"}), Fails({"container 'nobody' does not exist"}));
  CHECK_THAT(call({"resume", "nobody"}), Fails({"container 'nobody' does not exist"}));
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  box.create();
  CHECK_THAT(box.call("pause"), Fails({"container is created, not running"}));
  CHECK_THAT(box.call("resume"), Fails({"container is created, not paused"}));
  const Freezer freezer(box.pid());
  box.start();
  CHECK_THAT(box.call("resume"), Fails({"container is running, not paused"}));
  if (freezer.exists()) {
    CHECK_THAT(box.call("pause"), Succeeds());
    CHECK_THAT(box.call("pause"), Fails({"container is paused, not running"}));
    CHECK_THAT(box.call("start"), Fails({"container is paused, not created"}));
    CHECK(box.status() == "paused");
    CHECK_THAT(box.call("resume"), Succeeds());
  }
  box.stop();
  CHECK_THAT(box.call("pause"), Fails({"container is stopped, not running"}));
  CHECK_THAT(box.call("resume"), Fails({"container is stopped, not paused"}));
}

TEST_CASE_METHOD(Machine, "what a cgroup above freezes is paused, and resume says why it stays so",
                 "[pause][berth]") {
  const std::string above = "/" + runtime().new_id();
  Bundle bundle = new_bundle().script("echo ready; exec sleep 1000");
  bundle.set("/linux/cgroupsPath", json::quote(above + "/box"));
  Paused paused(*this, std::move(bundle));
  if (!paused.can_pause()) return skip("no freezer");
  const bool is_v2 = !paused.freezer().v2.empty();
  const std::string own = is_v2 ? paused.freezer().v2 : paused.freezer().v1;
  const std::string file = std::filesystem::path(own).parent_path().string() +
                           (is_v2 ? "/cgroup.freeze" : "/freezer.state");
  write_value(file, is_v2 ? "1" : "FROZEN");
  CHECK(eventually([&] { return paused.box().status() == "paused"; }));
  CHECK_THAT(paused.box().call("resume"), Fails({"cgroup '" + own + "' stays frozen"}));
  write_value(file, is_v2 ? "0" : "THAWED");
  CHECK(paused.box().status() == "running");
}

TEST_CASE_METHOD(Machine,
                 "a cgroup that was there before is not left frozen by a paused container (SR-39)",
                 "[pause][cgroups][berth]") {
  const auto legacy = cgroup_directory(0, "freezer");
  const auto unified = unified_directory(0);
  const bool is_v1 = legacy && !legacy->unified;
  if (!is_v1 && !unified) return skip("no freezer");
  const std::string name = "/" + runtime().new_id();
  std::vector<std::string> groups;
  if (is_v1) groups.push_back(legacy->mountpoint + name);
  if (unified) groups.push_back(unified->mountpoint + name);
  for (const std::string& group : groups) std::filesystem::create_directory(group);
  for (int round = 0; round < 2; ++round) {
    Bundle bundle = new_bundle().script("echo ready; exec sleep 1000");
    bundle.set("/linux/cgroupsPath", json::quote(name));
    Paused paused(*this, std::move(bundle));
    paused.pause();
    paused.box().kill("KILL");
    paused.box().wait_until_stopped();
    paused.box().remove();
  }
  for (const std::string& group : groups) CHECK(rmdir(group.c_str()) == 0);
}

/// A container with a process that no freezer can stop.
class Stuck : public Paused {
 public:
  explicit Stuck(Machine& machine) : Paused(machine, bundle_of(machine)) {}

 private:
  static Bundle bundle_of(Machine& machine) {
    Bundle bundle = machine.new_bundle();
    std::filesystem::copy_file(BERTH_PROBE, bundle.in_image("/bin/probe"));
    return bundle.args({"/bin/probe", "stuck"}).capabilities({"CAP_SYS_PTRACE"});
  }
};

TEST_CASE_METHOD(Machine,
                 "a pause that cannot complete ends at a signal, and the container runs on",
                 "[pause][berth]") {
  Stuck stuck(*this);
  if (!stuck.can_pause()) return skip("no freezer");
  // SIGALRM is what berth's own deadline sends.
  const auto [signal, text] =
      GENERATE(table<int, std::string>({{SIGTERM, "interrupted by signal 15"},
                                        {SIGINT, "interrupted by signal 2"},
                                        {SIGALRM, "is still in a system call"}}));
  Child pause(runtime().command({"pause", stuck.box().id()}));
  REQUIRE(eventually([&] { return stuck.freezer().is_asked(); }));
  pause.signal(signal);
  CHECK_THAT(pause.wait(), Fails({text}));
  CHECK_FALSE(stuck.freezer().is_asked());
  CHECK(stuck.box().status() == "running");
}

TEST_CASE_METHOD(
    Machine, "after a pause that was killed half-way the container is resumed or deleted (SR-36)",
    "[pause][berth]") {
  const bool is_resumed = GENERATE(true, false);
  Stuck stuck(*this);
  if (!stuck.can_pause()) return skip("no freezer");
  Child pause(runtime().command({"pause", stuck.box().id()}));
  REQUIRE(eventually([&] { return stuck.freezer().is_asked(); }));
  pause.signal(SIGKILL);
  pause.wait();
  if (is_resumed) {
    stuck.resume();
    CHECK_FALSE(stuck.freezer().is_asked());
    CHECK(stuck.box().status() == "running");
  }
  CHECK_THAT(stuck.box().call("delete", {"--force"}), Succeeds());
}

TEST_CASE_METHOD(Machine, "delete --force ends a pause that cannot complete (SR-37)",
                 "[pause][berth]") {
  Stuck stuck(*this);
  if (!stuck.can_pause()) return skip("no freezer");
  Child pause(runtime().command({"pause", stuck.box().id()}));
  REQUIRE(eventually([&] { return stuck.freezer().is_asked(); }));
  CHECK_THAT(stuck.box().call("delete", {"--force"}), Succeeds());
  CHECK(pause.wait().status != 0);
}

/// From here on a sleep, or a wait for less than ever, ends the process with SIGSYS.
void forbid_timed_waits() {
  constexpr unsigned kTimeout = offsetof(seccomp_data, args[2]);
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_nanosleep, 6, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_nanosleep, 5, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_select, 4, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_poll, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kTimeout),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x80000000, 1, 0),  // negative: no timeout
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {.len = std::size(code), .filter = code};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) _exit(126);
}

TEST_CASE_METHOD(Machine, "pause, resume and kill neither sleep nor wait by time",
                 "[pause][berth]") {
  Paused paused(*this, new_bundle().script(kEcho));
  if (!paused.can_pause()) return skip("no freezer");
  const auto untimed = [&](std::vector<std::string> words) {
    words.insert(words.begin() + 1, paused.box().id());
    Command command = runtime().command(words);
    command.prepare = forbid_timed_waits;
    return run_command(command);
  };
  CHECK_THAT(untimed({"pause"}), Succeeds());
  CHECK_THAT(untimed({"state"}), Succeeds());
  CHECK_THAT(untimed({"resume"}), Succeeds());
  CHECK_THAT(untimed({"kill", "USR2"}), Succeeds());
  CHECK_THAT(untimed({"kill", "--all", "KILL"}), Succeeds());
  paused.box().wait_until_stopped();
}

}  // namespace
}  // namespace berth::test
