// linux.seccomp is the last thing before the program: a filter need not let pass what berth-init
// does, and the hooks of the image are under it as well.
#include <sched.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

std::string refusing(const std::string& call, const std::string& action,
                     const std::string& more = "") {
  return R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [)" + json::quote(call) +
         R"(], "action": ")" + action + "\"" + more + "}]}";
}

/// `echo` of busybox makes none of these; init does, on its way.
const char* const kOfInit[] = {
    "accept4",      "capset",     "chdir",        "clock_gettime",     "clone3",    "close_range",
    "dup2",         "faccessat2", "fchdir",       "fchownat",          "fcntl",     "fstat",
    "getcwd",       "getpid",     "getppid",      "getresgid",         "getresuid", "lseek",
    "memfd_create", "newfstatat", "openat",       "openat2",           "pipe2",     "poll",
    "pread64",      "recvmsg",    "rt_sigaction", "sched_setaffinity", "seccomp",   "sendmsg",
    "sendto",       "setgroups",  "setresgid",    "setresuid",         "setsid",    "stat",
    "umask",        "wait4"};

/// Both need these; to refuse them hurts neither.
const char* const kOfBoth[] = {"close", "mmap", "open", "prctl", "prlimit64", "read", "readlink"};

TEST_CASE_METHOD(Machine, "a filter may end whoever makes a call that only init makes (SC-1 SR-27)",
                 "[seccomp]") {
  const std::string no_new_privileges = GENERATE("true", "false");
  for (const char* call : kOfInit) {
    INFO(call << ", noNewPrivileges " << no_new_privileges);
    Bundle bundle = new_bundle().args({"echo", "hi"});
    bundle.set("/process/noNewPrivileges", no_new_privileges);
    bundle.set("/linux/seccomp", refusing(call, "SCMP_ACT_KILL_PROCESS"));
    CHECK_THAT(run(bundle), Prints("hi\n"));
  }
}

TEST_CASE_METHOD(Machine, "a filter may refuse any call but execve, and no error is berth's (SC-1)",
                 "[seccomp]") {
  const std::string no_new_privileges = GENERATE("true", "false");
  for (const char* call : kOfBoth) {
    INFO(call << ", noNewPrivileges " << no_new_privileges);
    Bundle bundle = new_bundle().args({"echo", "hi"});
    bundle.set("/process/noNewPrivileges", no_new_privileges);
    bundle.set("/linux/seccomp", refusing(call, "SCMP_ACT_ERRNO"));
    CHECK_THAT(run(bundle), Prints("hi\n"));
  }
  // The program ends by it in its own way.
  Bundle bundle = new_bundle().args({"echo", "hi"});
  bundle.set("/process/noNewPrivileges", no_new_privileges);
  bundle.set("/linux/seccomp", refusing("exit_group", "SCMP_ACT_ERRNO"));
  CHECK(run(bundle).out == "hi\n");
}

/// What the start of a static program and one write take, and execve.
std::string old_allow_list() {
  return R"({"defaultAction": "SCMP_ACT_KILL_PROCESS", "syscalls": [{"names": ["execve", "brk",
      "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "readlink",
      "readlinkat", "getrandom", "mprotect", "getuid", "newfstatat", "getgid", "setuid", "setgid", "prctl", "write", "exit_group"],
      "action": "SCMP_ACT_ALLOW"}]})";
}

TEST_CASE_METHOD(Machine, "an allow list has to know the program's calls alone (SC-1 SR-27)",
                 "[seccomp]") {
  Bundle bundle = new_bundle().args({"echo", "hi"}).set("/linux/seccomp", old_allow_list());
  bundle.set("/process/noNewPrivileges", GENERATE("true", "false"));
  bundle.set("/process/user", GENERATE(R"({"uid": 0, "gid": 0})", R"({"uid": 1000, "gid": 1000})"));
  bundle.set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 99, "hard": 99}])");
  CHECK_THAT(run(bundle), Prints("hi\n"));
  Container box(*this, bundle);
  box.create();
  box.start();
  box.wait_for_output("hi\n");
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Machine, "nothing is left of the capability that loads the filter (PR-CAP-1)",
                 "[seccomp][security]") {
  const bool is_root = GENERATE(true, false);
  Bundle bundle = new_bundle().set("/linux/seccomp", refusing("acct", "SCMP_ACT_ERRNO"));
  bundle.set("/process/noNewPrivileges", "false").capabilities({"CAP_KILL", "CAP_CHOWN"});
  if (!is_root) bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  CHECK_THAT(run(bundle, "grep ^Cap /proc/self/status"),
             Prints("CapInh:\t0000000000000021\nCapPrm:\t0000000000000021\n"
                    "CapEff:\t0000000000000021\nCapBnd:\t0000000000000021\n"
                    "CapAmb:\t0000000000000021\n"));
}

TEST_CASE_METHOD(Machine,
                 "among other processes init waits with the container's capabilities alone (SR-26)",
                 "[seccomp][security][berth]") {
  const Holder holder(CLONE_NEWPID);
  Bundle bundle = new_bundle().args({"sleep", "1000"}).drop_namespace("pid");
  bundle.add_namespace("pid", holder.path("pid"));
  bundle.set("/linux/seccomp", refusing("acct", "SCMP_ACT_ERRNO"));
  bundle.set("/process/noNewPrivileges", "false").capabilities({"CAP_KILL"});
  Container box(*this, bundle);
  box.create();
  CHECK(status_field(box.pid(), "Seccomp") == "2");
  for (const char* set : {"CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    CHECK(status_field(box.pid(), set) == "0000000000000020");
  }
  box.start();
}

TEST_CASE_METHOD(
    Machine, "a hook that may trace finds no more in init than the container has (HK-SC-1 SR-26)",
    "[seccomp][hooks][security][berth]") {
  Bundle bundle = new_bundle().set("/linux/seccomp", refusing("acct", "SCMP_ACT_ERRNO"));
  bundle.set("/process/noNewPrivileges", "false").capabilities({"CAP_SYS_PTRACE"});
  bundle.set("/hooks", R"({"startContainer": [{"path": "/bin/sh",
      "args": ["sh", "-c", "grep -E '^Cap(Prm|Eff)' /proc/1/status > /tmp/hook"]}]})");
  CHECK_THAT(run(bundle, "cat /tmp/hook"),
             Prints("CapPrm:\t0000000000080000\nCapEff:\t0000000000080000\n"));
}

TEST_CASE_METHOD(Machine, "while init waits the kept capability is not in effect (SR-22)",
                 "[seccomp][security][berth]") {
  Bundle bundle = new_bundle().args({"sleep", "1000"}).capabilities({"CAP_KILL"});
  bundle.set("/linux/seccomp", refusing("acct", "SCMP_ACT_ERRNO"));
  const bool no_new_privileges = GENERATE(true, false);
  bundle.set("/process/noNewPrivileges", no_new_privileges ? "true" : "false");
  Container box(*this, bundle);
  box.create();
  CHECK(status_field(box.pid(), "CapPrm") ==
        (no_new_privileges ? "0000000000000020" : "0000000000200020"));
  CHECK(status_field(box.pid(), "CapEff") == "0000000000000020");
  CHECK(status_field(box.pid(), "CapBnd") == "0000000000000020");
}

// ---- hooks of the image ---------------------------------------------------------------------

constexpr char kHook[] = R"({"startContainer": [{"path": "/bin/sh", "args": ["sh", "-c",
    "{ grep -E '^(Seccomp|NoNewPrivs|CapBnd):' /proc/self/status; ulimit -n; mkdir /tmp/x; } > /tmp/hook 2>&1; true"]}]})";

TEST_CASE_METHOD(Machine,
                 "a startContainer hook has the filter, the limits and no_new_privs (HK-SC-1 "
                 "SR-27)",
                 "[seccomp][hooks][security]") {
  const bool no_new_privileges = GENERATE(true, false);
  Bundle bundle = new_bundle().set("/hooks", kHook).capabilities({"CAP_KILL"});
  bundle.set("/process/noNewPrivileges", no_new_privileges ? "true" : "false");
  bundle.set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 64, "hard": 64}])");
  bundle.set("/linux/seccomp", refusing("mkdir", "SCMP_ACT_ERRNO"));
  CHECK_THAT(run(bundle, "cat /tmp/hook; mkdir /tmp/x"),
             OutcomeMatcher(1,
                            std::string("CapBnd:\t0000000000000020\nNoNewPrivs:\t") +
                                (no_new_privileges ? "1" : "0") +
                                "\nSeccomp:\t2\n64\n"
                                "mkdir: can't create directory '/tmp/x': Operation not permitted\n",
                            {}));
}

TEST_CASE_METHOD(Machine, "what a startContainer hook leaves behind is filtered (HK-SC-1 SR-27)",
                 "[seccomp][hooks][security]") {
  Bundle bundle = new_bundle().set("/linux/seccomp", refusing("mkdir", "SCMP_ACT_ERRNO"));
  bundle.set("/process/noNewPrivileges", GENERATE("true", "false"));
  bundle.set("/hooks", R"({"startContainer": [{"path": "/bin/sh", "args": ["sh", "-c",
      "sleep 1000 > /dev/null 2>&1 & echo $! > /tmp/pid"]}]})");
  CHECK_THAT(run(bundle, "grep Seccomp: /proc/$(cat /tmp/pid)/status"), Prints("Seccomp:\t2\n"));
}

TEST_CASE_METHOD(Machine, "createContainer hooks are the host's: no filter, no limits (HK-CC-1)",
                 "[seccomp][hooks]") {
  const std::string out = place() + "/out";
  Bundle bundle = new_bundle().set("/linux/seccomp", refusing("mkdir", "SCMP_ACT_ERRNO"));
  bundle.set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 64, "hard": 64}])");
  bundle.set("/hooks", R"({"createContainer": [{"path": "/bin/sh", "args": ["sh", "-c",
      "grep Seccomp: /proc/self/status > )" +
                           out + R"("]}]})");
  CHECK_THAT(run(bundle, "true"), Succeeds());
  CHECK(read_file(out) ==
        read_file("/proc/self/status").substr(read_file("/proc/self/status").find("Seccomp:"), 11));
}

TEST_CASE_METHOD(Machine, "a hook that the filter ends, or does not let begin, names the filter",
                 "[seccomp][hooks][berth]") {
  Bundle bundle = new_bundle().set("/hooks", R"({"startContainer": [{"path": "/bin/mkdir",
      "args": ["mkdir", "/tmp/x"]}]})");
  bundle.set("/process/noNewPrivileges", GENERATE("true", "false"));
  bundle.set("/linux/seccomp", refusing("mkdir", "SCMP_ACT_KILL_PROCESS"));
  CHECK_THAT(run(bundle, "true"),
             Fails({"/hooks/startContainer/0", "ended by signal 31", "/linux/seccomp"}));
}

TEST_CASE_METHOD(Machine, "a limit that a hook cannot have is named (HK-SC-1)", "[hooks][berth]") {
  Bundle bundle = new_bundle().set("/hooks", R"({"startContainer": [{"path": "/bin/true"}]})");
  // Too small to map the hook's file.
  bundle.set("/process/rlimits", R"([{"type": "RLIMIT_AS", "soft": 4096, "hard": 4096}])");
  CHECK_THAT(run(bundle, "true"), Fails({"/hooks/startContainer/0"}));
}

TEST_CASE_METHOD(Machine, "a startContainer hook without env gets that of the process (HK-ENV-1)",
                 "[hooks]") {
  Bundle bundle = new_bundle().set("/process/env", R"(["ONE=two", "PATH=/bin"])");
  bundle.set("/hooks", R"({"startContainer": [{"path": "/bin/sh",
      "args": ["sh", "-c", "echo $ONE $PATH > /tmp/env"]}]})");
  CHECK_THAT(run(bundle, "cat /tmp/env"), Prints("two /bin\n"));
  bundle.set("/hooks/startContainer/0/env", R"(["ONE=own"])");
  CHECK(contains(run(bundle, "cat /tmp/env").out, "own"));
  bundle.set("/hooks/startContainer/0/env", "[]");
  CHECK_FALSE(contains(run(bundle, "cat /tmp/env").out, "two"));
}

// ---- errors ---------------------------------------------------------------------------------

TEST_CASE_METHOD(Machine, "a filter that never lets a program begin is refused by create (SC-1)",
                 "[seccomp][berth]") {
  for (const char* action :
       {"SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP"}) {
    INFO(action);
    Bundle bundle = new_bundle().args({"true"}).set("/linux/seccomp", refusing("execve", action));
    bundle.set("/process/noNewPrivileges", GENERATE("true", "false"));
    Container box(*this, bundle);
    CHECK_THAT(box.try_create(), Fails({"/linux/seccomp", "execve"}));
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
}

}  // namespace
}  // namespace berth::test
