// A pid namespace of others: what they see of a container that joins it, and what the container
// sees of them.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "tests/integration/harness/agent.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/schedule.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

class Neighbours : public Machine {
 protected:
  Neighbours() : neighbour_(*this, new_bundle().script("exec sleep 1234")) {
    neighbour_.create_and_start();
  }

  std::string namespace_path() { return "/proc/" + std::to_string(neighbour_.pid()) + "/ns/pid"; }
  Bundle joining_bundle() {
    return new_bundle().drop_namespace("pid").add_namespace("pid", namespace_path());
  }

  Container neighbour_;
};

constexpr char kNoPrivileges[] = "/process/noNewPrivileges";

TEST_CASE_METHOD(Neighbours,
                 "a joined pid namespace is the container's, and so is its /proc (NS-2)",
                 "[pid-namespace][berth]") {
  Bundle bundle = joining_bundle().script(
      "echo $(cat /proc/1/cmdline | tr '\\0' ' '); test /proc/$$ -ef /proc/self && echo self; "
      "exec sleep 1000");
  Container box(*this, bundle);
  box.create();
  CHECK(namespace_of(box.pid(), "pid") == namespace_of(neighbour_.pid(), "pid"));
  CHECK(box.status() == "created");
  box.start();
  box.wait_for_output("sleep 1234\nself\n");
  CHECK(box.status() == "running");
  const std::string record = read_file(runtime().state_root() + "/" + box.id() + "/record.json");
  CHECK("pid:[" + json::get(record, "/namespaces/pid") + "]" == namespace_of(box.pid(), "pid"));
  box.stop();
  CHECK(box.status() == "stopped");
  box.remove();
}

TEST_CASE_METHOD(Neighbours, "run has the exit code of a program in a joined pid namespace",
                 "[pid-namespace]") {
  Bundle bundle = joining_bundle();
  CHECK(run(bundle, "exit 7").status == 7);
  CHECK(run(bundle, "kill -TERM $$").status == 128 + SIGTERM);
}

TEST_CASE_METHOD(Neighbours, "the pid file and start's hooks have the pid of the program",
                 "[pid-namespace]") {
  const std::string pid_file = place() + "/pid", state = place() + "/state-of-hook";
  Bundle bundle = joining_bundle().script("exec sleep 1000");
  bundle.set("/hooks", R"({"poststart": [{"path": "/bin/sh", "args": ["sh", "-c", "cat > )" +
                           state + R"("]}]})");
  Container box(*this, bundle);
  box.create({"--pid-file", pid_file});
  box.start();
  CHECK(read_file(pid_file) == box.state_of("pid"));
  CHECK(json::get(read_file(state), "/pid") == box.state_of("pid"));
}

TEST_CASE_METHOD(Neighbours, "create's hooks see the container's other namespaces",
                 "[pid-namespace][berth]") {
  const std::string seen = place() + "/seen";
  Bundle bundle = joining_bundle().script("exec sleep 1000");
  bundle.set("/hooks", R"({"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c",
      "pid=$(sed 's/.*\"pid\": *\\([0-9]*\\).*/\\1/'); readlink /proc/$pid/ns/net > )" +
                           seen +
                           R"("]}],
      "createContainer": [{"path": "/bin/sh", "args": ["sh", "-c", "readlink /proc/self/ns/pid >> )" +
                           seen + R"("]}]})");
  Container box(*this, bundle);
  box.create();
  CHECK(lines_of(read_file(seen)) ==
        std::vector<std::string>{namespace_of(box.pid(), "net"), namespace_of(0, "pid")});
}

TEST_CASE_METHOD(Neighbours, "a terminal belongs to a program in a joined pid namespace",
                 "[pid-namespace]") {
  Bundle bundle = joining_bundle().script("echo > /dev/tty && echo mine; exec sleep 1000");
  bundle.set("/process/terminal", "true");
  const std::string console = place() + "/console";
  ConsoleSocket socket(console);
  Container box(*this, bundle);
  box.create({"--console-socket", console});
  const sys::Fd master = socket.receive_master();
  box.start();
  read_until(master, "mine\n");
}

TEST_CASE_METHOD(Neighbours, "a filter goes with a joined pid namespace (SC-1)",
                 "[pid-namespace][seccomp]") {
  const char* const privileges = GENERATE("true", "false");
  Bundle bundle = joining_bundle().set(kNoPrivileges, privileges);
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]})");
  const Outcome outcome = run(bundle, "mkdir /tmp/x; grep Seccomp: /proc/self/status");
  CHECK(contains(outcome.err, "Function not implemented"));
  CHECK(contains(outcome.out, "2"));
}

TEST_CASE_METHOD(Neighbours, "a process that waits in a joined pid namespace has no power (SR-26)",
                 "[pid-namespace][berth]") {
  const char* const privileges = GENERATE("true", "false");
  Bundle bundle = joining_bundle().set(kNoPrivileges, privileges);
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}]})");
  Container box(*this, bundle);
  box.create();
  // CAP_AUDIT_WRITE, CAP_KILL and CAP_NET_BIND_SERVICE, as in the config.
  CHECK(status_field(box.pid(), "CapPrm") == "0000000020000420");
  CHECK(status_field(box.pid(), "CapEff") == "0000000020000420");
}

TEST_CASE_METHOD(Neighbours,
                 "a listener goes to the agent from a joined pid namespace (SC-NOTIFY-1)",
                 "[pid-namespace][seccomp][berth]") {
  const char* const privileges = GENERATE("true", "false");
  const Agent agent(place() + "/agent");
  Bundle bundle = joining_bundle().set(kNoPrivileges, privileges).script("exec sleep 1000");
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": ")" +
                                   place() + R"(/agent", "syscalls": [
      {"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]})");
  Container box(*this, bundle);
  box.create();
  box.start();
  CHECK(agent.receive().fds.size() == 1);
  CHECK(box.status() == "running");
}

TEST_CASE_METHOD(Neighbours,
                 "a listener may be handed over before the report of its process (SC-NOTIFY-1)",
                 "[pid-namespace][seccomp][berth]") {
  const Agent agent(place() + "/agent");
  Bundle bundle = joining_bundle().set(kNoPrivileges, "false").script("exec sleep 1000");
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": ")" +
                                   place() + R"(/agent", "syscalls": [
      {"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]})");
  Container box(*this, bundle);
  Schedule schedule;
  schedule.hold(Point::entry(Who::Prologue, SYS_sendto), Point::after(Who::Berth, SYS_recvmsg));
  REQUIRE_THAT(schedule.run(runtime().command({"create", "-b", bundle.directory(), box.id()})),
               Succeeds());
  box.adopt();
  CHECK(agent.receive().fds.size() == 1);
  box.start();
  CHECK(box.status() == "running");
}

TEST_CASE_METHOD(Neighbours,
                 "a container can have a new user namespace and a joined pid namespace (NS-2)",
                 "[pid-namespace][berth]") {
  Bundle bundle = joining_bundle().map_users(100000).script("echo $(id -u); exec sleep 1000");
  // The kernel lets nobody in the new user namespace mount a procfs of another's pid namespace.
  bundle.set("/linux/maskedPaths", "[]").set("/linux/readonlyPaths", "[]");
  bundle.set("/mounts", R"([{"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}])");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("0\n");
  CHECK(namespace_of(box.pid(), "pid") == namespace_of(neighbour_.pid(), "pid"));
  CHECK(namespace_of(box.pid(), "user") != namespace_of(0, "user"));
  CHECK(words_of(status_field(box.pid(), "Uid")).at(0) == "100000");
}

TEST_CASE_METHOD(Neighbours, "a hook that the neighbours could look through is refused (SR-26)",
                 "[pid-namespace][berth]") {
  Bundle bundle = joining_bundle().map_users(100000);
  bundle.set("/hooks", R"({"createContainer": [{"path": "/bin/true"}]})");
  CHECK_THAT(run(bundle), Fails({"/hooks/createContainer", "pid namespace"}));
}

TEST_CASE_METHOD(Neighbours,
                 "the fork in a joined pid namespace may speak before both of its makers (NS-2)",
                 "[pid-namespace][berth]") {
  const Bundle bundle = joining_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  const Point berth_has_received = Point::after(Who::Berth, SYS_recvmsg);
  Schedule schedule;
  schedule.hold(Point::entry(Who::Prologue, SYS_sendto), berth_has_received);
  schedule.hold(Point::after(Who::Child, SYS_clone), berth_has_received);
  REQUIRE_THAT(schedule.run(runtime().command({"create", "-b", bundle.directory(), box.id()})),
               Succeeds());
  box.adopt();
  CHECK(namespace_of(box.pid(), "pid") == namespace_of(neighbour_.pid(), "pid"));
  box.start();
  CHECK(box.status() == "running");
}

TEST_CASE_METHOD(Neighbours,
                 "limits that berth sets are those of the fork, however slow berth is (PR-OOM-1)",
                 "[pid-namespace][berth]") {
  Bundle bundle = joining_bundle().script("exec sleep 1000");
  bundle.set("/process/oomScoreAdj", "500");
  Container box(*this, bundle);
  Schedule schedule;
  schedule.hold(Point::after(Who::Berth, SYS_recvmsg), Point::end(Who::Child));
  REQUIRE_THAT(schedule.run(runtime().command({"create", "-b", bundle.directory(), box.id()})),
               Succeeds());
  box.adopt();
  CHECK(read_file("/proc/" + std::to_string(box.pid()) + "/oom_score_adj") == "500\n");
}

// ---- the attack -----------------------------------------------------------------------------

/// Looks at the root of every process that it sees, all the time, for a file of the host.
class Spy {
 public:
  Spy(Machine& machine, const std::string& secret)
      : secret_(secret), bundle_(machine.new_bundle()), box_(machine, look_for(secret)) {
    box_.create_and_start();
    box_.wait_for_output("looking\n");
  }

  std::string namespace_path() { return "/proc/" + std::to_string(box_.pid()) + "/ns/pid"; }
  std::string seen() { return without_first_line(box_.output()); }
  void wait_for(const std::string& text) { box_.wait_for_output(text); }

 private:
  const Bundle& look_for(const std::string& secret) {
    bundle_.capabilities({"CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"});
    return bundle_.script(
        "echo looking; while :; do for p in /proc/[0-9]*; do "
        "test \"$p\" = /proc/1 || cat $p/root" +
        secret + " 2>/dev/null; done; done");
  }
  static std::string without_first_line(const std::string& text) {
    return text.substr(text.find('\n') + 1);
  }

  std::string secret_;
  Bundle bundle_;
  Container box_;
};

std::string plant_secret(Machine& machine) {
  write_file(machine.place() + "/secret", "of the host\n", 0600);
  return machine.place() + "/secret";
}

TEST_CASE_METHOD(Machine,
                 "a neighbour with CAP_SYS_PTRACE never sees the host through a container that "
                 "joins its pid namespace (SR-26)",
                 "[pid-namespace][security][berth]") {
  Spy spy(*this, plant_secret(*this));
  Bundle bundle = new_bundle().drop_namespace("pid").add_namespace("pid", spy.namespace_path());
  for (int i = 0; i < 20; ++i) CHECK_THAT(run(bundle, "true"), Succeeds());
  CHECK(spy.seen().empty());
}

// ---- kernels whose procfs has no option for it ----------------------------------------------

/// The container's first call of fsconfig(2) is that option.
Outcome create_on_old_kernel(Machine& machine, const Bundle& bundle, Container& box,
                             Schedule& schedule) {
  schedule.fail(Point::after(Who::Child, SYS_fsopen), SYS_fsconfig, EINVAL);
  return schedule.run(machine.runtime().command({"create", "-b", bundle.directory(), box.id()}));
}

TEST_CASE_METHOD(Neighbours, "a helper fetches /proc where the kernel has no option for it (NS-2)",
                 "[pid-namespace][berth]") {
  const Bundle bundle = joining_bundle().script("cat /proc/1/cmdline; exec sleep 1000");
  Container box(*this, bundle);
  Schedule schedule;
  REQUIRE_THAT(create_on_old_kernel(*this, bundle, box, schedule), Succeeds());
  box.adopt();
  box.start();
  CHECK(eventually([&] {
    const std::string seen = read_file(box.inside("/proc/1/cmdline"));
    return contains(seen, "1234");
  }));
}

TEST_CASE_METHOD(Machine,
                 "a neighbour does not see the host through the helper that fetches /proc (SR-26)",
                 "[pid-namespace][security][berth]") {
  Spy spy(*this, plant_secret(*this));
  const Bundle bundle = new_bundle()
                            .drop_namespace("pid")
                            .add_namespace("pid", spy.namespace_path())
                            .script("exec sleep 1000");
  for (int i = 0; i < 5; ++i) {
    Container box(*this, bundle);
    Schedule schedule;
    REQUIRE_THAT(create_on_old_kernel(*this, bundle, box, schedule), Succeeds());
    box.adopt();
  }
  CHECK(spy.seen().empty());
}

}  // namespace
}  // namespace berth::test
