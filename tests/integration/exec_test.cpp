// exec: a process in a container that exists; where it is, who it is, and how it ends.
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/running.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Running, "exec has the exit code of its program, or 128 + its signal", "[exec]") {
  run_it();
  CHECK_THAT(shell("echo hello"), Prints("hello\n"));
  CHECK(shell("exit 7").status == 7);
  CHECK(shell("kill -TERM $$").status == 128 + SIGTERM);
}

TEST_CASE_METHOD(Running, "an exec'd process is in all namespaces and cgroups of its container",
                 "[exec]") {
  run_it();
  Child child(command({"sh", "-c", "echo ready; exec sleep 1000"}, {"--pid-file", place() + "/p"}));
  child.wait_for_output("ready");
  // berth writes the pid file once it knows that the program runs, which may have written before.
  REQUIRE(eventually([&] { return std::filesystem::exists(place() + "/p"); }));
  const pid_t pid = std::stoi(read_file(place() + "/p"));
  for (const char* const name : {"ipc", "mnt", "net", "pid", "user", "uts", "cgroup", "time"}) {
    INFO(name);
    CHECK(namespace_of(pid, name) == namespace_of(box_.pid(), name));
  }
  CHECK(read_file("/proc/" + std::to_string(pid) + "/cgroup") ==
        read_file("/proc/" + std::to_string(box_.pid()) + "/cgroup"));
  child.signal(SIGTERM);
  CHECK(child.wait().status == 128 + SIGTERM);
}

TEST_CASE_METHOD(Running, "exec works in a container that was created and not started", "[exec]") {
  box_.create();
  CHECK_THAT(shell("echo here; cat /proc/1/comm"), Prints("here\nberth-init\n"));
  box_.start();
  box_.wait_for_output("ready");
}

TEST_CASE_METHOD(Running, "exec into a stopped container, or one that is not there, is refused",
                 "[exec][berth]") {
  run_it();
  box_.stop();
  const Outcome stopped = exec({"true"});
  CHECK(stopped.status == 255);
  CHECK(contains(stopped.err, "stopped"));
  const Outcome missing = call({"exec", "nobody", "true"});
  CHECK(missing.status == 255);
  CHECK(contains(missing.err, "does not exist"));
}

TEST_CASE_METHOD(Running, "a bare exec has the container's environment, user, limits and privilege",
                 "[exec]") {
  bundle_.set("/process/env", R"(["PATH=/bin", "A=of the container"])")
      .set("/process/user", R"({"uid": 5, "gid": 6, "umask": 63, "additionalGids": [7]})")
      .set("/process/cwd", R"("/tmp")")
      .set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 100, "hard": 200}])")
      .set("/process/oomScoreAdj", "300")
      .set("/process/noNewPrivileges", "true");
  run_it();
  // Later edits of the bundle change nothing.
  bundle_.set("/process/env", R"(["A=edited"])");
  CHECK_THAT(shell("echo $A; id -u; id -G; umask; pwd; ulimit -n; cat /proc/self/oom_score_adj; "
                   "grep NoNewPrivs /proc/self/status"),
             Prints("of the container\n5\n6 7\n0077\n/tmp\n100\n300\nNoNewPrivs:\t1\n"));
}

TEST_CASE_METHOD(Running,
                 "exec into a container with a user namespace needs no CAP_SYS_ADMIN on the host",
                 "[exec]") {
  bundle_.map_users(100'000);
  run_it();
  Command reduced = command({"id", "-u"});
  reduced.prepare = [] {
    if (prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN) != 0) _exit(98);
  };
  CHECK_THAT(run_command(reduced), Prints("0\n"));
}

TEST_CASE_METHOD(Running, "flags of exec change what the container has", "[exec]") {
  bundle_.set("/process/env", R"(["PATH=/bin", "A=1"])");
  run_it();
  CHECK_THAT(shell("echo $A $B; id -u; id -g; id -G; pwd",
                   {"-e", "A=2", "--env", "B=3", "--user", "8:9", "-g", "10", "--cwd", "/tmp"}),
             Prints("2 3\n8\n9\n9 10\n/tmp\n"));
  CHECK_THAT(shell("grep NoNewPrivs /proc/self/status", {"--no-new-privs"}),
             Prints("NoNewPrivs:\t1\n"));
}

TEST_CASE_METHOD(Running, "a file describes the process of exec", "[exec]") {
  run_it();
  const std::string file = place() + "/process.json";
  write_file(file, R"({"args": ["sh", "-c", "id -u; pwd; echo $A; ulimit -n"], "cwd": "/tmp",
      "env": ["PATH=/bin", "A=b"], "user": {"uid": 3, "gid": 4},
      "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 64, "hard": 64}]})");
  CHECK_THAT(call({"exec", "--process", file, box_.id()}), Prints("3\n/tmp\nb\n64\n"));
}

TEST_CASE_METHOD(Running, "the file may be a pipe that berth has open, but none that it would open",
                 "[exec]") {
  run_it();
  const std::string file = place() + "/process.json", pipe = place() + "/pipe";
  write_file(file, R"({"args": ["echo", "runs"], "cwd": "/", "env": ["PATH=/bin"],
      "user": {"uid": 0, "gid": 0}})");
  Command command = runtime().command({"exec", "--process", "/dev/fd/0", box_.id()});
  const std::vector<std::string> feeding = {"sh", "-c", R"(cat "$0" | "$@")", file};
  command.argv.insert(command.argv.begin(), feeding.begin(), feeding.end());
  CHECK_THAT(run_command(command), Prints("runs\n"));
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const std::string& path : {pipe, "/proc/self/root" + pipe}) {
    const Outcome refused = call({"exec", "--process", path, box_.id()});
    CHECK(refused.status == 255);
    CHECK(contains(refused.err, path + "' is a pipe"));
  }
}

TEST_CASE_METHOD(Running, "HOME of an exec'd process is from the container's own passwd",
                 "[exec]") {
  bundle_.script("echo 'x:x:77:77::/home/late:/bin/sh' > /etc/passwd; echo ready; exec sleep 1000")
      .set("/root/readonly", "false");
  run_it();
  CHECK_THAT(shell("echo $HOME", {"--user", "77"}), Prints("/home/late\n"));
}

TEST_CASE_METHOD(Running, "a passwd that leads to the host's log is not read for HOME (SR-35)",
                 "[exec][security]") {
  const std::string passwd = bundle_.in_image("/etc/passwd");
  std::filesystem::remove(passwd);
  std::filesystem::create_directories(bundle_.in_image("/etc"));
  std::filesystem::create_symlink("/proc/kmsg", passwd);
  run_it();
  CHECK_THAT(shell("echo $HOME"), Prints("/\n"));
}

TEST_CASE_METHOD(Running,
                 "a program that is missing or cannot be executed: 127 and 126, no pid file",
                 "[exec][berth]") {
  run_it();
  const std::string pid_file = place() + "/pid";
  struct Case {
    const char* program;
    int status;
    const char* text;
  };
  for (const Case& each :
       {Case{"nope", 127, "executable file not found in $PATH"},
        Case{"/no/such", 127, "no such file or directory"}, Case{"/etc", 126, "is a directory"},
        Case{"/etc/passwd", 126, "permission denied"}}) {
    INFO(each.program);
    const Outcome outcome = exec({each.program}, {"--pid-file", pid_file});
    CHECK(outcome.status == each.status);
    CHECK(contains(outcome.err, each.text));
    CHECK_FALSE(std::filesystem::exists(pid_file));
  }
}

TEST_CASE_METHOD(Running, "a detached exec leaves its process to the container", "[exec]") {
  run_it();
  const std::string pid_file = place() + "/pid";
  CHECK_THAT(exec({"sleep", "1000"}, {"--detach", "--pid-file", pid_file}), Succeeds());
  const pid_t pid = std::stoi(read_file(pid_file));
  const sys::Fd process = open_pidfd(pid);
  CHECK(namespace_of(pid, "pid") == namespace_of(box_.pid(), "pid"));
  Child remover(runtime().command({"delete", "--force", box_.id()}));
  wait_for_exit(process);
  // The pid namespace, and so the first process, does not end before its new parent has reaped it.
  reap(process);
  CHECK_THAT(remover.wait(), Succeeds());
}

TEST_CASE_METHOD(Running, "kill --all reaches an exec'd process", "[exec]") {
  run_it();
  Child child(command({"sh", "-c", "echo ready; exec sleep 1000"}));
  child.wait_for_output("ready");
  CHECK_THAT(box_.call("kill", {"--all", "KILL"}), Succeeds());
  CHECK(child.wait().status == 128 + SIGKILL);
}

TEST_CASE_METHOD(Running, "exec joins namespaces that the container has joined by path (NS-2)",
                 "[exec]") {
  Holder holder(CLONE_NEWNET | CLONE_NEWIPC);
  bundle_.drop_namespace("network").add_namespace("network", holder.path("net"));
  bundle_.drop_namespace("ipc").add_namespace("ipc", holder.path("ipc"));
  run_it();
  CHECK_THAT(
      shell("readlink /proc/self/ns/net; readlink /proc/self/ns/ipc"),
      Prints(namespace_of(holder.pid(), "net") + "\n" + namespace_of(holder.pid(), "ipc") + "\n"));
}

TEST_CASE_METHOD(Running,
                 "exec follows a first process that has left berth's network namespace, or the "
                 "one made for it",
                 "[exec]") {
  if (GENERATE(true, false)) bundle_.drop_namespace("network");
  bundle_.capabilities({"CAP_SYS_ADMIN"})
      .script("exec unshare -n sh -c 'echo ready; exec sleep 1000'");
  run_it();
  const std::string net = namespace_of(box_.pid(), "net");
  CHECK(net != namespace_of(::getpid(), "net"));
  CHECK_THAT(shell("readlink /proc/self/ns/net"), Prints(net + "\n"));
}

TEST_CASE_METHOD(Running, "exec into a container in a user namespace of its own", "[exec]") {
  bundle_.map_users(100000);
  run_it();
  CHECK_THAT(shell("id -u; cat /proc/self/uid_map | tr -s ' '; cat /proc/self/setgroups"),
             Prints("0\n 0 100000 65536\nallow\n"));
  CHECK_THAT(shell("id -u; id -G", {"--user", "5:6"}), Prints("5\n6\n"));
  const Outcome outcome = exec({"true"}, {"--user", "70000"});
  CHECK(outcome.status == 255);
  CHECK(contains(outcome.err, "--user"));
}

TEST_CASE_METHOD(Running, "exec into a container whose root is not that of its mount namespace",
                 "[exec]") {
  SECTION("created with --no-pivot") {
    box_.create({"--no-pivot"});
    box_.start();
  }
  SECTION("without a mount namespace of its own") {
    bundle_.drop_namespace("mount").set("/mounts", "[]").erase("/linux/maskedPaths");
    bundle_.erase("/linux/readonlyPaths").set("/root/readonly", "false");
    box_.create_and_start();
  }
  box_.wait_for_output("ready");
  write_file(bundle_.in_image("/etc/mark"), "of the image\n");
  CHECK_THAT(shell("cat /etc/mark; pwd"), Prints("of the image\n/\n"));
}

TEST_CASE_METHOD(Running, "the filter of the container holds for an exec'd process (SC-1)",
                 "[exec][seccomp]") {
  const char* const privileges = GENERATE("true", "false");
  bundle_.set("/process/noNewPrivileges", privileges);
  bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]})");
  run_it();
  const Outcome outcome = shell("mkdir /tmp/x; grep Seccomp: /proc/self/status");
  CHECK(contains(outcome.err, "Function not implemented"));
  CHECK(contains(outcome.out, "2"));
}

TEST_CASE_METHOD(Running, "a filter that refuses what berth-init calls is no hindrance for exec",
                 "[exec][seccomp]") {
  bundle_.set("/process/noNewPrivileges", "false");
  bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["close_range", "accept4", "sendto", "sendmsg", "recvmsg", "prlimit64", "chdir",
                 "getcwd", "setresuid", "setgroups", "openat2"], "action": "SCMP_ACT_ERRNO"}]})");
  run_it();
  CHECK_THAT(shell("echo fine"), Prints("fine\n"));
}

TEST_CASE_METHOD(Running,
                 "a filter that refuses the report of the fork, and its end, ends the exec",
                 "[exec][seccomp][berth]") {
  bundle_.set("/process/noNewPrivileges", "false");
  bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["write", "exit_group", "exit"], "action": "SCMP_ACT_ERRNO"}]})");
  bundle_.args({"sleep", "1000"});
  box_.create_and_start();
  const Outcome outcome = exec({"true"});
  CHECK(outcome.status == 255);
  CHECK(contains(outcome.err, "before its fork in the pid namespace was known, with status 132"));
}

TEST_CASE_METHOD(Running, "capabilities of exec: those of the container, and the added ones",
                 "[exec]") {
  bundle_.capabilities({"CAP_CHOWN"});
  run_it();
  CHECK_THAT(shell("grep CapEff /proc/self/status"), Prints("CapEff:\t0000000000000001\n"));
  CHECK_THAT(shell("grep CapEff /proc/self/status", {"--cap", "CAP_KILL"}),
             Prints("CapEff:\t0000000000000021\n"));
  CHECK_THAT(shell("grep CapEff /proc/self/status", {"--cap", "CAP_KILL", "--user", "5"}),
             Prints("CapEff:\t0000000000000021\n"));
}

TEST_CASE_METHOD(Running, "exec passes on as many descriptors as it is told, and no others (SR-18)",
                 "[exec]") {
  run_it();
  write_file(place() + "/passed", "content\n");
  const sys::Fd file = sys::Fd(::open((place() + "/passed").c_str(), O_RDONLY | O_CLOEXEC));
  Command with = command({"sh", "-c", "cat <&3; for f in /proc/self/fd/*; do echo ${f##*/}; done"},
                         {"--preserve-fds", "1"});
  with.prepare = [&] { pass_descriptor(file.get(), 3); };
  CHECK(contains(run_command(with).out, "content\n0\n1\n2\n3\n"));
  CHECK_FALSE(contains(run_command(with).out, "\n5\n"));
}

TEST_CASE_METHOD(Running, "exec --plan prints what it would do, and does nothing",
                 "[exec][berth]") {
  run_it();
  const Outcome outcome = exec({"ls"}, {"--plan", "text"});
  CHECK_THAT(outcome, Succeeds());
  CHECK(contains(outcome.out, "join the container's namespaces"));
  CHECK(contains(outcome.out, "execute 'ls'"));
  CHECK(contains(exec({"ls"}, {"--plan", "json"}).out, R"("join_container")"));
}

TEST_CASE_METHOD(Running, "a wrong file or flag of exec is named, and nothing is executed",
                 "[exec][berth]") {
  run_it();
  const std::string file = place() + "/process.json";
  write_file(file, R"({"args": ["true"], "cwd": "tmp"})");
  const Outcome wrong_file = call({"exec", "--process", file, box_.id()});
  CHECK(wrong_file.status == 255);
  CHECK(contains(wrong_file.err, file + ":1:"));
  CHECK(contains(wrong_file.err, "/cwd"));
  CHECK(contains(exec({"true"}, {"--user", "root"}).err, "--user"));
  CHECK(contains(exec({"true"}, {"--cwd", "/etc/passwd"}).err, "--cwd"));
  CHECK(contains(exec({"true"}, {"--cwd", "/tmp/missing"}).err, "no such file or directory"));
  CHECK_FALSE(std::filesystem::exists(box_.inside("/tmp/missing")));
  CHECK(contains(exec({"true"}, {"--cgroup", "/nowhere"}).err, "--cgroup"));
}

}  // namespace
}  // namespace berth::test
