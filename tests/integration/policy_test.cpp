// What the kernel keeps of the program beside its credentials: scheduler, io priority, memory
// policy, execution domain, labels of security modules.
#include <fcntl.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

// ---- scheduler ------------------------------------------------------------------------------

/// As sched_getattr(2) has it.
struct Attributes {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime, deadline, period;
};

Attributes scheduler_of(pid_t pid) {
  Attributes attributes = {};
  REQUIRE(syscall(SYS_sched_getattr, pid, &attributes, sizeof attributes, 0) == 0);
  return attributes;
}

Bundle with_scheduler(Machine& machine, const std::string& json) {
  return machine.new_bundle().args({"sleep", "1000"}).set("/process/scheduler", json);
}

/// False, and says so, where the kernel refuses this to the caller.
bool starts(Container& box) {
  const Outcome outcome = box.try_create();
  if (outcome.status != 0 && contains(outcome.err, "/process/scheduler") &&
      contains(outcome.err, "operation not permitted")) {
    skip("the kernel refuses it here: " + outcome.err);
    return false;
  }
  REQUIRE_THAT(outcome, Succeeds());
  box.start();
  return true;
}

TEST_CASE_METHOD(Machine, "scheduling policies without real time have their nice value (PR-SCH-1)",
                 "[process][scheduler]") {
  const struct {
    const char* json;
    std::uint32_t policy;
    std::int32_t nice;
  } rows[] = {{R"({"policy": "SCHED_OTHER", "nice": 7})", 0, 7},
              {R"({"policy": "SCHED_OTHER", "nice": -7})", 0, -7},
              {R"({"policy": "SCHED_BATCH", "nice": 19})", 3, 19},
              {R"({"policy": "SCHED_IDLE"})", 5, 0}};
  for (const auto& row : rows) {
    INFO(row.json);
    Container box(*this, with_scheduler(*this, row.json));
    if (!starts(box)) continue;
    const Attributes attributes = scheduler_of(box.pid());
    CHECK(attributes.policy == row.policy);
    if (row.policy != 5) CHECK(attributes.nice == row.nice);
  }
}

TEST_CASE_METHOD(Machine, "real-time policies have their priority (PR-SCH-1)",
                 "[process][scheduler]") {
  for (const auto& [name, policy] : {std::pair("SCHED_FIFO", 1U), std::pair("SCHED_RR", 2U)}) {
    Bundle bundle =
        with_scheduler(*this, std::string(R"({"priority": 12, "policy": ")") + name + "\"}");
    Container box(*this, bundle);
    if (!starts(box)) return;
    const Attributes attributes = scheduler_of(box.pid());
    CHECK(attributes.policy == policy);
    CHECK(attributes.priority == 12);
  }
}

TEST_CASE_METHOD(Machine, "a deadline has its three times (PR-SCH-1)", "[process][scheduler]") {
  Container box(*this, with_scheduler(*this, R"({"policy": "SCHED_DEADLINE", "runtime": 1000000,
    "deadline": 20000000, "period": 40000000, "flags": ["SCHED_FLAG_RESET_ON_FORK"]})"));
  if (!starts(box)) return;
  const Attributes attributes = scheduler_of(box.pid());
  CHECK(attributes.policy == 6);
  CHECK(attributes.flags == 1);
  CHECK(attributes.runtime == 1000000);
  CHECK(attributes.deadline == 20000000);
  CHECK(attributes.period == 40000000);
}

TEST_CASE_METHOD(Machine, "the flag for children is set (PR-SCH-2)", "[process][scheduler]") {
  Container box(*this, with_scheduler(*this, R"({"policy": "SCHED_BATCH", "nice": 3,
    "flags": ["SCHED_FLAG_RESET_ON_FORK"]})"));
  if (!starts(box)) return;
  CHECK(scheduler_of(box.pid()).flags == 1);
}

TEST_CASE_METHOD(Machine, "exec sets a scheduler that a fork would lose (PR-SCH-1 PR-SCH-2)",
                 "[process][scheduler][exec]") {
  const struct {
    const char* json;
    std::uint32_t policy;
    std::uint64_t flags;
  } rows[] = {
      {R"({"policy": "SCHED_BATCH", "nice": 3, "flags": ["SCHED_FLAG_RESET_ON_FORK"]})", 3, 1},
      {R"({"policy": "SCHED_DEADLINE", "runtime": 1000000, "deadline": 20000000,
                   "period": 40000000, "flags": ["SCHED_FLAG_RESET_ON_FORK"]})",
       6, 1},
      {R"({"policy": "SCHED_DEADLINE", "runtime": 1000000, "deadline": 20000000,
                   "period": 40000000})",
       6, 0}};
  const std::string pid_file = place() + "/pid";
  for (const auto& row : rows) {
    INFO(row.json);
    Container box(*this, with_scheduler(*this, row.json));
    if (!starts(box)) continue;
    // A process of an exec gets what the container's own has.
    REQUIRE_THAT(call({"exec", "--detach", "--pid-file", pid_file, box.id(), "sleep", "1000"}),
                 Succeeds());
    const pid_t pid = std::stoi(read_file(pid_file));
    CHECK(scheduler_of(pid).policy == row.policy);
    CHECK(scheduler_of(pid).flags == row.flags);
    // The container does not end before the new parent of this process, which is the test, reaps
    // it.
    REQUIRE(::kill(pid, SIGKILL) == 0);
    REQUIRE(::waitpid(pid, nullptr, 0) == pid);
  }
}

TEST_CASE_METHOD(Machine, "what the kernel or the policy refuses is an error (PR-SCH-1 PR-SCH-2)",
                 "[process][scheduler][berth]") {
  CHECK_THAT(run(with_scheduler(*this, R"({"policy": "SCHED_ISO"})")),
             Fails({"/process/scheduler", "invalid argument"}));
  CHECK_THAT(run(with_scheduler(*this, R"({"policy": "SCHED_RR"})")),
             Fails({"/process/scheduler/priority", "1 to 99"}));
  CHECK_THAT(run(with_scheduler(*this, R"({"policy": "SCHED_DEADLINE", "runtime": 2000000000,
    "deadline": 90000000000, "period": 90000000000})")),
             Fails({"/process/scheduler"}));
}

TEST_CASE_METHOD(Machine, "without a scheduler it is the caller's (PR-SCH-1)",
                 "[process][scheduler]") {
  Container box(*this, new_bundle());
  box.create();
  CHECK(scheduler_of(box.pid()).policy == scheduler_of(0).policy);
  CHECK(scheduler_of(box.pid()).nice == scheduler_of(0).nice);
}

// ---- io priority, execution domain, memory --------------------------------------------------

TEST_CASE_METHOD(Machine, "the io priority is that of the process group (PR-IO-1)",
                 "[process][ioprio]") {
  constexpr int kProcess = 1, kGroup = 2, kShift = 13;
  const struct {
    const char* json;
    long number;
  } rows[] = {{R"({"class": "IOPRIO_CLASS_BE", "priority": 6})", 2 << kShift | 6},
              {R"({"class": "IOPRIO_CLASS_RT", "priority": 3})", 1 << kShift | 3},
              {R"({"class": "IOPRIO_CLASS_IDLE", "priority": 0})", 3 << kShift}};
  for (const auto& row : rows) {
    INFO(row.json);
    Bundle bundle = new_bundle().args({"sleep", "1000"}).set("/process/ioPriority", row.json);
    bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})");
    Container box(*this, bundle);
    box.create_and_start();
    CHECK(syscall(SYS_ioprio_get, kProcess, box.pid()) == row.number);
    CHECK(syscall(SYS_ioprio_get, kGroup, box.pid()) == row.number);
  }
}

/// What uname says in an execution domain: that is for the machine to know.
std::string machine_in(unsigned long domain) {
  const int before = personality(domain);
  REQUIRE(before >= 0);
  utsname names = {};
  REQUIRE(uname(&names) == 0);
  REQUIRE(personality(static_cast<unsigned long>(before)) >= 0);
  return names.machine;
}

TEST_CASE_METHOD(Machine, "uname reports the execution domain (PE-1)", "[process][personality]") {
  const char* script = "uname -m; cat /proc/self/personality";
  Bundle bundle = new_bundle().set("/linux/personality", R"({"domain": "LINUX32"})");
  CHECK_THAT(run(bundle, script), Prints(machine_in(PER_LINUX32) + "\n00000008\n"));
  bundle.set("/linux/personality", R"({"domain": "LINUX"})");
  CHECK_THAT(run(bundle, script), Prints(machine_in(PER_LINUX) + "\n00000000\n"));
}

/// The policy in the first line of numa_maps; empty where this kernel has none.
std::string memory_policy_of(Machine& machine, const std::string& json) {
  Bundle bundle = machine.new_bundle().args({"sleep", "1000"}).set("/linux/memoryPolicy", json);
  Container box(machine, bundle);
  box.create_and_start();
  const auto maps = read_file_if_exists("/proc/" + std::to_string(box.pid()) + "/numa_maps");
  return maps ? words_of(lines_of(*maps).at(0)).at(1) : "";
}

TEST_CASE_METHOD(Machine, "memory comes from where the policy says (MP-1)", "[process][memory]") {
  if (access("/proc/self/numa_maps", R_OK) != 0) return skip("this kernel has no NUMA");
  const struct {
    const char* json;
    const char* shown;
  } rows[] = {
      {R"({"mode": "MPOL_DEFAULT"})", "default"},
      {R"({"mode": "MPOL_LOCAL"})", "local"},
      {R"({"mode": "MPOL_BIND", "nodes": "0"})", "bind:0"},
      {R"({"mode": "MPOL_INTERLEAVE", "nodes": "0"})", "interleave:0"},
      {R"({"mode": "MPOL_PREFERRED", "nodes": "0"})", "prefer:0"},
      {R"({"mode": "MPOL_PREFERRED"})", "local"},
      {R"({"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]})", "bind=static:0"},
      {R"({"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_RELATIVE_NODES"]})",
       "bind=relative:0"},
  };
  for (const auto& row : rows) {
    INFO(row.json);
    CHECK(memory_policy_of(*this, row.json) == row.shown);
  }
}

TEST_CASE_METHOD(Machine, "a memory policy that the kernel refuses is an error (MP-1)",
                 "[process][memory][berth]") {
  Bundle bundle =
      new_bundle().set("/linux/memoryPolicy", R"({"mode": "MPOL_BIND", "nodes": "1023"})");
  CHECK_THAT(run(bundle), Fails({"/linux/memoryPolicy", "MPOL_BIND"}));
  bundle.set("/linux/memoryPolicy", R"({"mode": "MPOL_BIND", "nodes": "0-"})");
  CHECK_THAT(run(bundle), Fails({"/linux/memoryPolicy/nodes"}));
}

// ---- labels ---------------------------------------------------------------------------------

bool has_apparmor() {
  return read_file_if_exists("/sys/module/apparmor/parameters/enabled").value_or("N")[0] == 'Y';
}

bool has_selinux() { return access("/sys/fs/selinux/enforce", F_OK) == 0; }

TEST_CASE_METHOD(Machine, "a profile that cannot be applied is an error (PR-AA-1)",
                 "[process][labels][berth]") {
  Bundle bundle = new_bundle().set("/process/apparmorProfile", R"("berth-no-such-profile")");
  CHECK_THAT(run(bundle), Fails({"/process/apparmorProfile", "berth-no-such-profile",
                                 "`/proc/self/attr/apparmor/exec`"}));
}

TEST_CASE_METHOD(Machine, "unconfined is a profile that is always there (PR-AA-1)",
                 "[process][labels]") {
  Bundle bundle = new_bundle().set("/process/apparmorProfile", R"("unconfined")");
  CHECK_THAT(run(bundle), Succeeds());
}

TEST_CASE_METHOD(Machine, "the program is confined by its profile (PR-AA-1 SR-13)",
                 "[process][labels]") {
  if (!has_apparmor()) return skip("AppArmor is not enabled in this kernel");
  const auto profiles = read_file_if_exists("/sys/kernel/security/apparmor/profiles");
  if (!profiles || !contains(*profiles, "berth-test ("))
    return skip("no profile of labels/berth-test.apparmor");
  Bundle bundle = new_bundle().set("/process/apparmorProfile", R"("berth-test")");
  CHECK_THAT(run(bundle, "cat /proc/self/attr/apparmor/current"), Prints("berth-test (enforce)\n"));
  CHECK_THAT(run(bundle, "cat /etc/group 2> /dev/null || echo denied"), Prints("denied\n"));
  bundle.map_users(100000);
  CHECK_THAT(run(bundle, "cat /proc/self/attr/apparmor/current"), Prints("berth-test (enforce)\n"));
}

/// Whether the policy in the kernel has what labels/berth-test.cil has; says so if not.
bool has_test_policy() {
  constexpr std::string_view kLabel = "u:r:box_t";
  const sys::Fd file(open("/sys/fs/selinux/context", O_WRONLY | O_CLOEXEC));
  const bool known = file && write(file.get(), kLabel.data(), kLabel.size()) ==
                                 static_cast<ssize_t>(kLabel.size());
  if (!known) skip("no SELinux in this kernel, or not with the policy of the tests");
  return known;
}

TEST_CASE_METHOD(Machine, "the program and its keys have their label (PR-SE-1 SR-13)",
                 "[process][labels]") {
  if (!has_test_policy()) return;
  Bundle bundle = new_bundle().set("/process/selinuxLabel", R"("u:r:box_t")");
  // The kernel ends a label with a NUL.
  CHECK_THAT(run(bundle, "tr -d '\\0' < /proc/self/attr/current"), Prints("u:r:box_t"));
  bundle.set("/process/selinuxLabel", R"("u:r:no_such_t")");
  CHECK_THAT(run(bundle), Fails({"/process/selinuxLabel", "u:r:no_such_t", "invalid argument"}));
}

std::string label_of(const std::string& path) {
  char label[256] = {};
  return getxattr(path.c_str(), "security.selinux", label, sizeof label - 1) < 0 ? "" : label;
}

TEST_CASE_METHOD(Machine, "new file systems have the label of mounts (ML-1)", "[mounts][labels]") {
  if (!has_test_policy()) return;
  Bundle bundle = new_bundle().set("/linux/mountLabel", R"("u:object_r:file_t")");
  bundle.set("/linux/maskedPaths/-", R"("/etc")").add_mount("tmpfs", "tmpfs", "/data", {});
  Container box(*this, bundle);
  box.create();
  for (const char* path :
       {"/data", "/dev", "/dev/null", "/dev/shm", "/dev/pts", "/dev/mqueue", "/etc"}) {
    INFO(path);
    CHECK(label_of(box.inside(path)) == "u:object_r:file_t");
  }
  CHECK(label_of(box.inside("/proc")) == "u:object_r:host_t");
}

TEST_CASE_METHOD(Machine, "a kernel without SELinux refuses labels (PR-SE-1 ML-1)",
                 "[process][labels][berth]") {
  if (has_selinux()) return skip("SELinux is enabled in this kernel");
  Bundle process = new_bundle().set("/process/selinuxLabel", R"("system_u:system_r:t:s0")");
  CHECK_THAT(run(process), Fails({"/process/selinuxLabel", "SELinux", "not enabled"}));
  Bundle mounts = new_bundle().set("/linux/mountLabel", R"("system_u:object_r:t:s0")");
  CHECK_THAT(run(mounts), Fails({"/linux/mountLabel", "SELinux", "not enabled"}));
}

}  // namespace
}  // namespace berth::test
