// SCMP_ACT_NOTIFY: the listener of the filter goes to an agent, whenever the filter is loaded, and
// whatever the filter forbids.
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/integration/harness/agent.h"
#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/schedule.h"

namespace berth::test {
namespace {

/// The agent decides about mkdir; with `by_default` about everything.
Bundle notifying(Machine& machine, bool no_new_privileges, bool by_default = false) {
  const std::string path = machine.place() + "/agent.sock";
  Bundle bundle = machine.new_bundle();
  bundle.set("/process/noNewPrivileges", no_new_privileges ? "true" : "false");
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": )" +
                                   json::quote(path) + R"(, "listenerMetadata": "of the test",
      "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]})");
  if (by_default) bundle.set("/linux/seccomp/defaultAction", R"("SCMP_ACT_NOTIFY")");
  return bundle.set("/annotations", R"({"org.example": "kept"})");
}

void check_state(const Agent::Delivery& delivery, Container& box, const std::string& status) {
  CHECK(json::get(delivery.state, "/ociVersion") == "1.3.0");
  CHECK(json::get(delivery.state, "/fds") == R"(["seccompFd"])");
  CHECK(json::get(delivery.state, "/pid") == std::to_string(box.pid()));
  CHECK(json::get(delivery.state, "/metadata") == "of the test");
  CHECK(json::get(delivery.state, "/state/id") == box.id());
  CHECK(json::get(delivery.state, "/state/pid") == std::to_string(box.pid()));
  CHECK(json::get(delivery.state, "/state/status") == status);
  CHECK(json::get(delivery.state, "/state/annotations/org.example") == "kept");
  CHECK(delivery.fds.size() == 1);
}

TEST_CASE_METHOD(Machine, "the agent gets the listener and answers (SC-5 SC-7)", "[seccomp]") {
  const bool no_new_privileges = GENERATE(true, false);
  Bundle bundle = notifying(*this, no_new_privileges);
  const Agent agent(place() + "/agent.sock");
  Container box(*this, bundle.script("mkdir /tmp/new 2>&1; ls /proc/self/fd; sleep 1000"));
  box.create();
  Child start(runtime().command({"start", box.id()}));
  Agent::Delivery delivery = agent.receive();
  check_state(delivery, box, "created");
  const Listener listener(std::move(delivery.fds.at(0)));
  CHECK_THAT(listener.serve(start, SYS_mkdir, -ENOSPC), Succeeds());
  CHECK(eventually([&] {
    if (const auto call = listener.next()) listener.answer(*call, -ENOSPC);
    return contains(box.output(), "No space left");
  }));
  // None of berth's descriptors is left in the program: the last one is the directory.
  box.wait_for_output("0\n1\n2\n3\n");
  CHECK(descriptors_of(box.pid()).size() == 3);
  box.stop();
}

TEST_CASE_METHOD(Machine, "the agent may decide about every call, execve included (SC-5)",
                 "[seccomp][berth]") {
  const bool no_new_privileges = GENERATE(true, false);
  Bundle bundle = notifying(*this, no_new_privileges, true);
  const Agent agent(place() + "/agent.sock");
  bundle.script("mkdir /tmp/new 2>&1; echo done");
  Child run(runtime().command({"run", "--bundle", bundle.directory(), runtime().new_id()}));
  Agent::Delivery delivery = agent.receive();
  const Listener listener(std::move(delivery.fds.at(0)));
  const Outcome outcome = listener.serve(run, SYS_mkdir, -ENOSPC);
  CHECK(outcome.status == 0);
  CHECK(contains(outcome.out, "No space left"));
  CHECK(contains(outcome.out, "done"));
}

TEST_CASE_METHOD(Machine, "the container sees nothing of the hand-over (SC-5)",
                 "[seccomp][security][berth]") {
  const bool no_new_privileges = GENERATE(true, false);
  Bundle bundle = notifying(*this, no_new_privileges);
  const Agent agent(place() + "/agent.sock");
  // No zombie, as soon as the process that handed it over has ended, and SIGCHLD is as a program
  // expects it.
  bundle.script(
      "set -- /proc/[0-9]*; i=0; "
      "while [ $# -gt 1 ] && [ $i -lt 10000 ]; do i=$((i + 1)); set -- /proc/[0-9]*; done; "
      "echo \"$@\"; grep SigIgn /proc/self/status; (exit 7); echo $?");
  CHECK_THAT(run(bundle), Prints("/proc/1\nSigIgn:\t0000000000000000\n7\n"));
}

TEST_CASE_METHOD(Machine, "startContainer hooks get no listener (HK-SC-1)", "[seccomp][security]") {
  const bool no_new_privileges = GENERATE(true, false);
  Bundle bundle = notifying(*this, no_new_privileges);
  const Agent agent(place() + "/agent.sock");
  bundle.set("/hooks", R"({"startContainer": [{"path": "/bin/sh",
      "args": ["sh", "-c", "ls /proc/self/fd > /tmp/hook"]}]})");
  CHECK_THAT(run(bundle, "cat /tmp/hook"), Prints("0\n1\n2\n3\n"));
}

TEST_CASE_METHOD(Machine, "create fails if the agent cannot be reached (SC-5)",
                 "[seccomp][berth]") {
  const bool no_new_privileges = GENERATE(true, false);
  Bundle bundle = notifying(*this, no_new_privileges);
  const std::vector<std::string> words = {"/linux/seccomp/listenerPath", place() + "/agent.sock"};
  CHECK_THAT(run(bundle, "touch /tmp/ran"), Fails(words));
  CHECK_FALSE(read_file_if_exists(bundle.in_image("/tmp/ran")));
  Container box(*this, bundle);
  box.create();
  CHECK_THAT(box.call("start"), Fails(words));
  CHECK(box.status() == "stopped");
}

TEST_CASE_METHOD(Machine, "listenerPath without SCMP_ACT_NOTIFY does nothing (SC-5)", "[seccomp]") {
  Bundle bundle = notifying(*this, true);
  bundle.set("/linux/seccomp/syscalls", "[]");
  CHECK_THAT(run(bundle, "echo runs"), Prints("runs\n"));
}

TEST_CASE_METHOD(Machine, "SCMP_ACT_NOTIFY without listenerPath is refused (SC-5 SC-6)",
                 "[seccomp][berth]") {
  Bundle bundle = notifying(*this, true);
  bundle.erase("/linux/seccomp/listenerPath");
  CHECK_THAT(run(bundle), Fails({"/linux/seccomp/listenerMetadata"}));
  bundle.erase("/linux/seccomp/listenerMetadata");
  CHECK_THAT(run(bundle), Fails({"/linux/seccomp/listenerPath"}));
}

TEST_CASE_METHOD(Machine, "flags that go with a listener (SC-3)", "[seccomp][berth]") {
  for (const char* flag : {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"}) {
    INFO(flag);
    Bundle bundle = notifying(*this, true);
    bundle.set("/linux/seccomp/flags", json::list({flag}));
    const Agent agent(place() + "/agent.sock");
    CHECK_THAT(run(bundle, "echo runs"), Prints("runs\n"));
    unlink((place() + "/agent.sock").c_str());
  }
}

TEST_CASE_METHOD(Machine,
                 "the agent gets the pid of an exec'd process, however late that is reported "
                 "(SC-7)",
                 "[seccomp][exec]") {
  Bundle bundle = notifying(*this, true);
  const Agent agent(place() + "/agent.sock");
  Container box(*this, bundle.script("exec sleep 1000"));
  box.create_and_start();
  (void)agent.receive();
  const std::string pid_file = place() + "/pid";
  Schedule schedule;
  // init, which forks, reports that when berth has received the listener.
  schedule.hold(Point::after(Who::Prologue, SYS_clone),
                {.who = Who::Berth, .call = SYS_recvmsg, .at = Point::At::Return, .nth = 1});
  const Command exec =
      runtime().command({"exec", "--detach", "--pid-file", pid_file, box.id(), "sleep", "1000"});
  REQUIRE_THAT(schedule.run(exec), Succeeds());
  CHECK(json::get(agent.receive().state, "/pid") == read_file(pid_file));
  // The container does not end before the new parent of this process, which is the test, reaps it.
  const pid_t pid = std::stoi(read_file(pid_file));
  REQUIRE(::kill(pid, SIGKILL) == 0);
  REQUIRE(::waitpid(pid, nullptr, 0) == pid);
}

TEST_CASE_METHOD(Machine,
                 "the agent gets the listener of an exec, with or without noNewPrivileges (SC-5)",
                 "[seccomp][exec]") {
  const bool no_new_privileges = GENERATE(true, false);
  CAPTURE(no_new_privileges);
  const Agent agent(place() + "/agent.sock");
  Container box(*this, notifying(*this, no_new_privileges).script("exec sleep 1000"));
  box.create_and_start();
  (void)agent.receive();
  CHECK_THAT(call({"exec", box.id(), "echo", "runs"}), Prints("runs\n"));
  CHECK(agent.receive().fds.size() == 1);
}

// Its maker, as another user, may not kill it when it ends.
TEST_CASE_METHOD(Machine,
                 "an exec that fails before its filter leaves no process that would hand the "
                 "listener over",
                 "[seccomp][exec][security]") {
  if (cgroup_mountpoints().empty()) return skip("no cgroups here");
  const Agent agent(place() + "/agent.sock");
  Bundle bundle = notifying(*this, false).script("exec sleep 1000");
  Container box(*this, bundle.set("/process/capabilities", "{}"));
  box.create_and_start();
  (void)agent.receive();
  // The other process has seen that its maker lives.
  Schedule schedule;
  schedule.hold(Point::entry(Who::Prologue, SYS_setns), Point::after(Who::Child, SYS_capset));
  const Outcome outcome =
      schedule.run(runtime().command({"exec", "--user", "1000:1000", box.id(), "missing"}));
  CHECK(outcome.status == 127);
  const std::string alone = "[" + std::to_string(box.pid()) + "]\n";
  CHECK(eventually([&] { return call({"ps", "--format", "json", box.id()}).out == alone; }));
}

TEST_CASE_METHOD(Machine,
                 "an exec whose listener cannot be handed over, because the process that does it "
                 "was killed, fails at once",
                 "[seccomp][exec][berth]") {
  Bundle bundle = notifying(*this, true);
  // Under the second filter not even init's report of a failure would return.
  const char* const calls = GENERATE(R"(["mkdir"])", R"(["mkdir", "write"])");
  bundle.set("/linux/seccomp/syscalls/0/names", calls);
  const Agent agent(place() + "/agent.sock");
  Container box(*this, bundle.script("exec sleep 1000"));
  box.create_and_start();
  (void)agent.receive();
  // Before it has said that it begins, before it waits for the listener, and when it has it.
  const Point killed = GENERATE(Point::entry(Who::Grandchild, SYS_set_robust_list),
                                Point::entry(Who::Grandchild, SYS_capset),
                                Point::entry(Who::Grandchild, SYS_sendmsg));
  CAPTURE(killed.call, calls);
  Schedule schedule;
  schedule.kill(killed);
  const Outcome outcome = schedule.run(runtime().command({"exec", box.id(), "true"}));
  CHECK(outcome.status == 255);
  CHECK_FALSE(outcome.err.empty());
}

TEST_CASE_METHOD(Machine, "run does not wait for the process that has handed the listener over",
                 "[seccomp][run][berth]") {
  Bundle bundle = notifying(*this, true).script("exec sleep 1000");
  const Agent agent(place() + "/agent.sock");
  Container box(*this, bundle);
  Schedule schedule;
  schedule.hold(Point::entry(Who::Grandchild, SYS_exit_group), Point::end(Who::Berth));
  REQUIRE_THAT(schedule.run(runtime().command({"run", "-d", "-b", bundle.directory(), box.id()})),
               Succeeds());
  box.adopt();
  CHECK(box.status() == "running");
}

}  // namespace
}  // namespace berth::test
