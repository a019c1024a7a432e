// What fails after a container was made is undone, or says what is left; and what fails while berth
// cleans up changes nothing of what came before.
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/schedule.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

class LateFailures : public Machine {
 protected:
  LateFailures() : bundle_(new_bundle()) {}

  Command verb(const std::string& verb, const std::string& id) {
    if (verb == "create" || verb == "run") {
      return runtime().command({verb, "-b", bundle_.directory(), id});
    }
    return runtime().command({verb, id});
  }

  void check_gone(const std::string& id) {
    CHECK_THAT(call({"state", id}), Fails({"does not exist"}));
    CHECK(names_in(runtime().state_root()).empty());
    CHECK(take_census(id).cgroups.empty());
    CHECK(reap_descendants());
  }

  Bundle bundle_;
};

TEST_CASE_METHOD(LateFailures,
                 "a signal that interrupts the loading of the device program does no harm",
                 "[late][devices][berth]") {
  const bool is_v2 = unified_directory(0) && !cgroup_directory(0, "devices");
  if (!is_v2) return skip("device rules are not a program here");
  const std::string id = runtime().new_id();
  Schedule schedule;
  schedule.fail(Point::after(Who::Berth, SYS_openat), SYS_bpf, EAGAIN);
  CHECK_THAT(schedule.run(verb("create", id)), Succeeds());
  CHECK_THAT(call({"delete", "--force", id}), Succeeds());
  check_gone(id);
}

TEST_CASE_METHOD(LateFailures,
                 "run undoes what it has made when a late call fails (RT-ERR-1 SR-38)",
                 "[late][run][berth]") {
  bundle_.script("exec sleep 1000");
  // The second signalfd4 is for SIGCHLD, when the program runs already.
  for (const long call : {SYS_signalfd4, SYS_rt_sigprocmask}) {
    const std::string id = runtime().new_id();
    Schedule schedule;
    schedule.fail(Point::after(Who::Berth, SYS_signalfd4), call, ENOMEM);
    CHECK_THAT(schedule.run(verb("run", id)), Fails({"cannot allocate memory"}));
    check_gone(id);
  }
}

TEST_CASE_METHOD(LateFailures,
                 "run removes its container although a call of its clean-up fails once (SR-37)",
                 "[late][run][berth]") {
  bundle_.script("exit 7");
  for (const long call : {SYS_waitid, SYS_unlinkat, SYS_renameat}) {
    const std::string id = runtime().new_id();
    Schedule schedule;
    schedule.fail(Point::after(Who::Berth, SYS_renameat), call, EIO);
    const Outcome outcome = schedule.run(verb("run", id));
    INFO(outcome.err);
    CHECK((outcome.status == 1 || outcome.status == 7));
    check_gone(id);
  }
}

/// As below a filter that does not know the call.
void refuse_pidfds(int error) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  (void)seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), SCMP_SYS(pidfd_open),
                         0);
  (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
  if (seccomp_load(filter) != 0) ::_exit(99);
  seccomp_release(filter);
}

TEST_CASE_METHOD(LateFailures,
                 "a create that is to send a pidfd and has none undoes all (SR-34 SR-38)",
                 "[late][berth]") {
  for (const int error : {ENOSYS, EPERM}) {
    const std::string id = runtime().new_id();
    Command create = runtime().command(
        {"create", "--pidfd-socket", place() + "/no", "-b", bundle_.directory(), id});
    create.prepare = [error] { refuse_pidfds(error); };
    CHECK_THAT(run_command(create), Fails({"pidfd_open"}));
    check_gone(id);
  }
}

TEST_CASE_METHOD(LateFailures,
                 "the id is free when the new state directory cannot be opened (SR-38)",
                 "[late][berth]") {
  const std::string id = runtime().new_id();
  Schedule schedule;
  schedule.fail(Point::after(Who::Berth, SYS_mkdirat), SYS_openat, EMFILE);
  CHECK_THAT(schedule.run(verb("create", id)), Fails({"too many open files"}));
  check_gone(id);
}

TEST_CASE_METHOD(LateFailures,
                 "a start that cannot follow its container stops it, and says so at once",
                 "[late][berth]") {
  bundle_.script("exec sleep 1000");
  Container box(*this, bundle_);
  box.create();
  Schedule schedule;
  schedule.fail(Point::after(Who::Berth, SYS_connect), SYS_recvmsg, ENOMEM);
  CHECK_THAT(schedule.run(verb("start", box.id())), Fails({"recvmsg"}));
  CHECK(box.status() == "stopped");
  box.remove();
}

TEST_CASE_METHOD(LateFailures, "start and run notice that the execve has killed init (RT-START-3)",
                 "[late][berth]") {
  bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{
      "names": ["execve", "execveat"], "action": "SCMP_ACT_KILL_PROCESS",
      "args": [{"index": 1, "value": 1, "op": "SCMP_CMP_GE"}]}]})");
  for (int i = 0; i < 10; ++i) {
    Container box(*this, bundle_);
    box.create();
    CHECK_THAT(box.call("start"), Fails({"container ended while it was started"}));
    box.remove();
    CHECK_THAT(call({"run", "-d", "-b", bundle_.directory(), runtime().new_id()}),
               Fails({"container ended while it was started"}));
  }
}

TEST_CASE_METHOD(LateFailures, "a signal while run cleans up does not replace the exit code",
                 "[late][run][berth]") {
  bundle_.script("exit 7");
  bundle_.set("/hooks", R"({"poststop": [{"path": "/bin/sh", "args": ["sh", "-c",
                           "kill -TERM $PPID; kill -HUP $PPID"]}]})");
  const Outcome outcome = run(bundle_);
  CHECK(outcome.status == 7);
}

TEST_CASE_METHOD(LateFailures,
                 "run whose state directory was removed leaves nothing, at TERM either (SR-37)",
                 "[late][run][berth]") {
  bundle_.script("trap 'exit 3' TERM; echo ready; while true; do sleep 0.01; done");
  const std::string id = runtime().new_id();
  Child child(verb("run", id));
  child.wait_for_output("ready");
  fs::remove_all(runtime().state_root() + "/" + id);
  child.signal(SIGTERM);
  CHECK(child.wait().status == 3);
  check_gone(id);
}

TEST_CASE_METHOD(LateFailures, "hooks do not need the bundle that was removed (HK-PS-1 HK-POST-1)",
                 "[late][hooks][berth]") {
  const std::string mark = place() + "/hooks";
  const std::string hook = R"([{"path": "/bin/sh", "args": ["sh", "-c", "pwd >> )" + mark + "\"]}]";
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/root/path", "\"" + bundle_.in_image("") + "\"");
  bundle.set("/hooks", R"({"poststart": )" + hook + R"(, "poststop": )" + hook + "}");
  Container box(*this, bundle);
  box.create();
  fs::remove_all(bundle.directory());
  box.start();
  box.stop();
  box.remove();
  CHECK(read_file(mark) == "/\n/\n");
}

TEST_CASE_METHOD(LateFailures,
                 "exceeding the file size limit is an error, and does not kill berth (RT-ERR-1)",
                 "[late][berth]") {
  const std::string id = runtime().new_id();
  Command create = verb("create", id);
  create.prepare = [] {
    const rlimit limit = {.rlim_cur = 1000, .rlim_max = 1000};
    (void)::setrlimit(RLIMIT_FSIZE, &limit);
  };
  CHECK_THAT(run_command(create), Fails({"file too large"}));
  check_gone(id);
}

TEST_CASE_METHOD(LateFailures,
                 "with any amount of memory, create succeeds or leaves nothing (RT-ERR-1 SR-38)",
                 "[late][berth]") {
  if (Runtime::is_sanitized()) return skip("AddressSanitizer needs more memory than these limits");
  bundle_.set("/hooks", R"({"createRuntime": [{"path": "/bin/true"}],
                              "poststop": [{"path": "/bin/true"}, {"path": "/bin/true"}]})");
  for (rlim_t kilobytes = 128; kilobytes < 1024; kilobytes += 24) {
    const std::string id = runtime().new_id();
    Command create = verb("create", id);
    create.prepare = [kilobytes] {
      const rlimit limit = {.rlim_cur = kilobytes << 10, .rlim_max = kilobytes << 10};
      (void)::setrlimit(RLIMIT_DATA, &limit);
    };
    const Outcome outcome = run_command(create);
    INFO(kilobytes << " KiB: " << outcome.status << ": " << outcome.err);
    if (outcome.status == 0) {
      CHECK_THAT(call({"delete", "--force", id}), Succeeds());
    } else {
      CHECK(take_census(id).cgroups.empty());
      CHECK_THAT(call({"state", id}), Fails({"does not exist"}));
    }
    CHECK(names_in(runtime().state_root()).empty());
  }
  CHECK(reap_descendants());
}

TEST_CASE_METHOD(
    LateFailures,
    "a /proc of another pid namespace is an error, and no process is taken for another (SR-34)",
    "[late][berth]") {
  if (Runtime::is_sanitized()) {
    return skip("without /proc, AddressSanitizer does not know its stack");
  }
  Container box(*this, bundle_);
  box.create();
  for (const char* verb : {"state", "start"}) {
    Command command = runtime().command({verb, box.id()});
    command.prepare = [] {
      (void)::unshare(CLONE_NEWNS);
      (void)::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
      (void)::mount("tmpfs", "/proc", "tmpfs", 0, nullptr);
    };
    CHECK_THAT(run_command(command),
               Fails({"/proc does not show the processes of this pid namespace"}));
  }
  CHECK(box.status() == "created");
}

TEST_CASE_METHOD(LateFailures, "a trace is written also when create, run or start fails",
                 "[late][berth]") {
  Bundle broken = new_bundle()
                      .args({"/bin/sh"})
                      .set("/hooks", R"({"startContainer": [{"path": "/bin/false"}]})");
  for (const char* verb : {"run", "start"}) {
    Container box(*this, broken);
    const std::string trace = place() + "/" + verb;
    if (std::string(verb) == "start") box.create();
    std::vector<std::string> args = {"--trace", trace, verb};
    if (std::string(verb) == "run") args.insert(args.end(), {"-b", broken.directory()});
    args.push_back(box.id());
    CHECK_THAT(call(args), Fails({"/bin/false"}));
    CHECK(json::size_of(read_file(trace), "/traceEvents") > 2);
  }
}

TEST_CASE_METHOD(LateFailures, "kill with signal 0 asks whether the container is there (RT-KILL-2)",
                 "[late][kill][berth]") {
  bundle_.script("exec sleep 1000");
  Container box(*this, bundle_);
  box.create_and_start();
  CHECK_THAT(box.call("kill", {"0"}), Succeeds());
  CHECK(box.status() == "running");
  box.stop();
  CHECK_THAT(box.call("kill", {"0"}), Fails({"container not running"}));
}

}  // namespace
}  // namespace berth::test
