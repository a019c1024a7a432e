// linux.seccomp as the container's program meets it. tests/integration/probe makes the calls.
#include <seccomp.h>
#include <sys/syscall.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

constexpr int kSigsys = 128 + 31;

/// What a container has no business with: about what engines forbid.
constexpr const char* kForbidden[] = {"acct",
                                      "add_key",
                                      "bpf",
                                      "clone3",
                                      "clock_settime",
                                      "delete_module",
                                      "finit_module",
                                      "fsconfig",
                                      "fsmount",
                                      "fsopen",
                                      "fspick",
                                      "init_module",
                                      "io_uring_enter",
                                      "io_uring_register",
                                      "io_uring_setup",
                                      "iopl",
                                      "ioperm",
                                      "kcmp",
                                      "kexec_file_load",
                                      "kexec_load",
                                      "keyctl",
                                      "lookup_dcookie",
                                      "mount",
                                      "mount_setattr",
                                      "move_mount",
                                      "move_pages",
                                      "nfsservctl",
                                      "open_by_handle_at",
                                      "open_tree",
                                      "perf_event_open",
                                      "pivot_root",
                                      "quotactl",
                                      "quotactl_fd",
                                      "reboot",
                                      "request_key",
                                      "setdomainname",
                                      "sethostname",
                                      "setns",
                                      "settimeofday",
                                      "stime",
                                      "swapoff",
                                      "swapon",
                                      "syslog",
                                      "umount",
                                      "umount2",
                                      "unshare",
                                      "userfaultfd",
                                      "vhangup",
                                      "vmsplice",
                                      "personality",
                                      "socket"};

bool is_forbidden(const std::string& name) {
  return std::find(std::begin(kForbidden), std::end(kForbidden), name) != std::end(kForbidden);
}

/// Everything that libseccomp knows, for three architectures, but what is forbidden.
std::vector<std::string> allowed_names() {
  constexpr int kEnd = 600;
  std::vector<std::string> names;
  constexpr std::uint32_t kArchitectures[] = {SCMP_ARCH_X86_64, SCMP_ARCH_X86};
  for (const std::uint32_t architecture : kArchitectures) {
    for (int number = 0; number < kEnd; ++number) {
      char* name = seccomp_syscall_resolve_num_arch(architecture, number);
      if (name != nullptr && !is_forbidden(name)) names.emplace_back(name);
      std::free(name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// What engines send: an allow list with conditions, and errors of its own for some calls.
std::string default_profile() {
  return R"({
    "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
    "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    "syscalls": [
      {"names": )" +
         json::list(allowed_names()) + R"(, "action": "SCMP_ACT_ALLOW"},
      {"names": ["personality"], "action": "SCMP_ACT_ALLOW",
       "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}]},
      {"names": ["personality"], "action": "SCMP_ACT_ALLOW",
       "args": [{"index": 0, "value": 4294967295, "op": "SCMP_CMP_EQ"}]},
      {"names": ["socket"], "action": "SCMP_ACT_ALLOW"},
      {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1,
       "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_EQ"},
                {"index": 0, "value": 38, "op": "SCMP_CMP_EQ"}]},
      {"names": ["swapon"], "action": "SCMP_ACT_ERRNO", "errnoRet": 16}
    ]})";
}

/// One rule beside a default that lets everything pass.
std::string all_but(const std::string& names, const std::string& action) {
  return R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [)" + names +
         R"(], "action": ")" + action + R"("}]})";
}

Bundle filtered(Machine& machine, const std::string& profile) {
  Bundle bundle = machine.new_bundle();
  REQUIRE(fs::copy_file(BERTH_PROBE, bundle.in_image("/bin/probe")));
  return bundle.set("/linux/seccomp", profile);
}

/// `probe` of a call by its number.
std::string probe(long number, const std::string& args = "") {
  return "probe " + std::to_string(number) + " " + args + "; ";
}

/// With and without noNewPrivileges the filter comes at another time.
std::string other_order() { return GENERATE("true", "false"); }

TEST_CASE_METHOD(Machine, "a profile like an engine's default is loaded and behaves (SC-1 SC-2)",
                 "[seccomp]") {
  REQUIRE(allowed_names().size() > 380);
  Bundle bundle = filtered(*this, default_profile());
  bundle.set("/process/noNewPrivileges", other_order());
  CHECK_THAT(run(bundle, "grep Seccomp: /proc/self/status; " + probe(SYS_getppid) +
                             probe(SYS_reboot) + probe(SYS_swapon) + probe(SYS_personality, "-1") +
                             probe(SYS_personality, "4294967295") + probe(SYS_personality, "8")),
             Prints("Seccomp:\t2\n1\n-1\n-16\n-1\n0\n-1\n"));
}

TEST_CASE_METHOD(Machine, "of several conditions on one argument one has to hold (SC-3)",
                 "[seccomp]") {
  Bundle bundle = filtered(*this, default_profile());
  const Outcome outcome = run(bundle, probe(SYS_socket, "1 1 0") + probe(SYS_socket, "38 5 0") +
                                          probe(SYS_socket, "40 1 0"));
  CHECK_THAT(outcome, Prints("3\n-1\n-1\n"));
}

TEST_CASE_METHOD(Machine, "a rule that refuses two values of one argument refuses both (SC-3)",
                 "[seccomp]") {
  Bundle bundle = filtered(*this, R"({"defaultAction": "SCMP_ACT_ALLOW",
      "syscalls": [{"names": ["personality"], "action": "SCMP_ACT_ERRNO", "args": [
        {"index": 0, "value": 8, "op": "SCMP_CMP_EQ"},
        {"index": 0, "value": 131072, "op": "SCMP_CMP_EQ"}]}]})");
  CHECK_THAT(run(bundle, probe(SYS_personality, "8") + probe(SYS_personality, "131072") +
                             probe(SYS_personality, "0")),
             Prints("-1\n-1\n0\n"));
}

TEST_CASE_METHOD(Machine, "calls newer than the profile, and clone3, do not exist (SC-3)",
                 "[seccomp][berth]") {
  Bundle bundle = filtered(*this, default_profile());
  CHECK_THAT(run(bundle, probe(SYS_clone3) + probe(2000) + probe(511)), Prints("-38\n-38\n-38\n"));
}

// The machine's own kernel may know neither; then there is nothing to deny.
TEST_CASE_METHOD(Machine, "x32 and i386 need to be listed (SC-3)", "[seccomp][security][berth]") {
  constexpr long kX32 = 0x40000000;
  Bundle open = filtered(*this, all_but(R"("reboot")", "SCMP_ACT_ERRNO"));
  open.erase("/linux/seccomp");
  const bool has_i386 = !run(open, "probe i386 64").out.starts_with('-');
  if (!has_i386) return skip("this kernel has no calls of i386");
  Bundle bundle = filtered(*this, all_but(R"("reboot")", "SCMP_ACT_ERRNO"));
  CHECK(run(bundle, probe(kX32 + SYS_getppid)).status == kSigsys);
  CHECK(run(bundle, "probe i386 64").status == kSigsys);  // getppid
  bundle.set("/linux/seccomp/architectures", R"(["SCMP_ARCH_X86"])");
  CHECK_THAT(run(bundle, "probe i386 64; probe i386 88"), Prints("1\n-1\n"));
  bundle.set("/linux/seccomp", default_profile());
  bundle.set("/linux/seccomp/architectures", R"(["SCMP_ARCH_X86_64"])");
  CHECK_THAT(run(bundle, probe(kX32 + SYS_getppid)), Prints("-38\n"));
}

TEST_CASE_METHOD(Machine, "actions that end the program (SC-3)", "[seccomp]") {
  for (const char* action :
       {"SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP"}) {
    INFO(action);
    Bundle bundle = filtered(*this, all_but(R"("sched_yield")", action));
    const Outcome outcome = run(bundle, probe(SYS_getpid) + "exec " + probe(SYS_sched_yield));
    CHECK(outcome.status == kSigsys);
    CHECK(lines_of(outcome.out).size() == 1);
  }
}

TEST_CASE_METHOD(Machine, "actions that let calls pass, or not without a tracer (SC-3)",
                 "[seccomp]") {
  for (const auto& [action, result] :
       {std::pair{"SCMP_ACT_LOG", "0\n"}, {"SCMP_ACT_ALLOW", "0\n"}, {"SCMP_ACT_TRACE", "-38\n"}}) {
    INFO(action);
    Bundle bundle = filtered(*this, all_but(R"("sched_yield")", action));
    CHECK_THAT(run(bundle, probe(SYS_sched_yield)), Prints(result));
  }
}

TEST_CASE_METHOD(Machine, "every flag is given to the kernel (SC-3)", "[seccomp]") {
  for (const char* flag :
       {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"}) {
    INFO(flag);
    Bundle bundle = filtered(*this, all_but(R"("getppid")", "SCMP_ACT_ERRNO"));
    bundle.set("/linux/seccomp/flags", json::list({flag}));
    CHECK_THAT(run(bundle, probe(SYS_getppid)), Prints("-1\n"));
  }
}

TEST_CASE_METHOD(Machine, "with noNewPrivileges only execve and write come after the filter",
                 "[seccomp][security][berth]") {
  Bundle bundle = filtered(*this, R"({"defaultAction": "SCMP_ACT_KILL_PROCESS", "syscalls": [
      {"names": ["execve", "write"], "action": "SCMP_ACT_ALLOW"}]})");
  CHECK_THAT(run(bundle.args({"/no/such"})), Fails({"exec: \"/no/such\"", "no such file"}));
  CHECK_THAT(run(bundle.args({"no-such"})), Fails({"executable file not found in $PATH"}));
  CHECK_THAT(run(bundle.args({"/tmp"})), Fails({"exec: \"/tmp\"", "is a directory"}));
  CHECK_THAT(run(bundle.args({"/etc/passwd"})), Fails({"exec: \"/etc/passwd\"", "denied"}));
}

TEST_CASE_METHOD(Machine, "unknown names are left out, unknown architectures refused (SC-3)",
                 "[seccomp][berth]") {
  Bundle bundle = filtered(*this, all_but(R"("getppid", "no_such_call")", "SCMP_ACT_ERRNO"));
  CHECK_THAT(run(bundle, probe(SYS_getppid)), Prints("-1\n"));
  bundle.set("/linux/seccomp/architectures", R"(["SCMP_ARCH_X86_64", "SCMP_ARCH_S390X"])");
  CHECK_THAT(run(bundle), Fails({"/linux/seccomp/architectures/1", "byte order"}));
}

TEST_CASE_METHOD(Machine, "a filter is that of the config at each time, and nothing of it stays",
                 "[seccomp][berth]") {
  Bundle bundle = filtered(*this, default_profile());
  CHECK_THAT(run(bundle, probe(SYS_reboot)), Prints("-1\n"));
  bundle.set("/linux/seccomp/defaultErrnoRet", "22");
  CHECK_THAT(run(bundle, probe(SYS_reboot)), Prints("-22\n"));
  CHECK(names_in(runtime().state_root()).empty());
}

TEST_CASE_METHOD(Machine, "a profile that is longer than the kernel takes is an error (SC-3)",
                 "[seccomp][berth]") {
  std::string rules;
  for (int value = 0; value < 2000; ++value) {
    rules += (rules.empty() ? "[" : ",") + std::string(R"({"names": ["ioctl"],
        "action": "SCMP_ACT_ERRNO", "args": [{"op": "SCMP_CMP_EQ", "index": 1, "value": )") +
             std::to_string(2 * value) + "}]}";
  }
  Bundle bundle = filtered(*this, all_but(R"("getppid")", "SCMP_ACT_ERRNO"));
  bundle.set("/linux/seccomp/syscalls", rules + "]");
  CHECK_THAT(run(bundle, "true"), Fails({"/linux/seccomp/syscalls", "4096"}));
}

}  // namespace
}  // namespace berth::test
