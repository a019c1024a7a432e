// Namespaces that others own, or that are the host's own after all, and what a container must not
// get by them.
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

constexpr uid_t kUser = 1234;

TEST_CASE_METHOD(Machine, "root's groups do not stay in a user namespace of a user (SR-22)",
                 "[joined][security][berth]") {
  Command command{.argv = {"unshare", "--user", "--map-root-user", "sleep", "1000"}};
  command.prepare = [] {
    if (setgroups(0, nullptr) != 0 || setgid(kUser) != 0 || setuid(kUser) != 0) _exit(126);
  };
  Child owner(command);
  const std::string proc = "/proc/" + std::to_string(owner.pid());
  if (!eventually(
          [&] {
            const std::string own = std::to_string(kUser);  // the host's map has it not
            return contains(read_file_if_exists(proc + "/gid_map").value_or(""), own);
          },
          Deadline(std::chrono::seconds(5)))) {
    return skip("a user may make no user namespace here: " + owner.error_output());
  }
  Bundle bundle = new_bundle().add_namespace("user", proc + "/ns/user");
  bundle.set("/mounts", R"([{"destination": "/proc", "type": "proc", "source": "proc"},
      {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}])");
  bundle.set("/linux/maskedPaths", "[]").set("/linux/readonlyPaths", "[]");
  bundle.script("grep Groups: /proc/self/status; grep Uid: /proc/self/status");
  Command run = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  run.prepare = [] {
    const gid_t groups[] = {4, 6, 42};
    if (setgroups(3, groups) != 0) _exit(126);
  };
  const Outcome outcome = run_command(run);
  REQUIRE_THAT(outcome, Succeeds());
  CHECK(words_of(lines_of(outcome.out).at(0)) == std::vector<std::string>{"Groups:"});
}

TEST_CASE_METHOD(Machine,
                 "a createContainer hook from a mount namespace of others is refused (SR-4)",
                 "[joined][hooks][security][berth]") {
  const Holder holder(CLONE_NEWNS);
  Bundle bundle = new_bundle().drop_namespace("mount").add_namespace("mount", holder.path("mnt"));
  bundle.set("/hooks", R"({"createContainer": [{"path": "/bin/true"}]})");
  CHECK_THAT(run(bundle), Fails({"/hooks/createContainer", "mount namespace"}));
}

/// A property that would be set in this namespace; nothing of the host changes.
void check_own_namespace_refused(Machine& machine, const std::string& type, const std::string& file,
                                 const std::string& pointer, const std::string& value) {
  INFO(pointer);
  const std::string own = "/proc/" + std::to_string(getpid()) + "/ns/" + file;
  Bundle bundle = machine.new_bundle().drop_namespace(type).add_namespace(type, own);
  bundle.set(pointer, value);
  Container box(machine, bundle);
  CHECK_THAT(box.try_create(), Fails({pointer, own, "its own namespace"}));
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "the host's own namespace by its path is no way to the host (SR-10)",
                 "[joined][security][berth]") {
  const std::string ttl = "/proc/sys/net/ipv4/ip_default_ttl", before = read_file(ttl);
  const std::string hostname = read_file("/proc/sys/kernel/hostname");
  check_own_namespace_refused(*this, "network", "net", "/linux/sysctl",
                              R"({"net.ipv4.ip_default_ttl": "99"})");
  check_own_namespace_refused(*this, "ipc", "ipc", "/linux/sysctl", R"({"kernel.msgmax": "9000"})");
  check_own_namespace_refused(*this, "uts", "uts", "/hostname", R"("taken")");
  check_own_namespace_refused(*this, "uts", "uts", "/domainname", R"("taken")");
  CHECK(read_file(ttl) == before);
  CHECK(read_file("/proc/sys/kernel/hostname") == hostname);
}

TEST_CASE_METHOD(Machine, "what a joined namespace of others is to have is set there", "[joined]") {
  const Holder holder(CLONE_NEWUTS);
  Bundle bundle = new_bundle().drop_namespace("uts").add_namespace("uts", holder.path("uts"));
  bundle.set("/hostname", R"("harbour")");
  CHECK_THAT(run(bundle, "hostname"), Prints("harbour\n"));
}

/// In a session keyring with a key of the caller's, of the name that berth once gave to its own.
Command with_key(Command command, const std::string& keyring) {
  command.prepare = [keyring] {
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, keyring.c_str());
    const long key =
        syscall(SYS_add_key, "user", "secret-of-caller", "x", 1, KEY_SPEC_SESSION_KEYRING);
    // Else all of this uid see it, whoever holds it.
    syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f000000);
    syscall(SYS_keyctl, KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, 0x3f3f3f3f);
  };
  return command;
}

TEST_CASE_METHOD(Machine,
                 "the session keyring is new, even if another process has prepared one (SR-23)",
                 "[joined][privileges][security][berth]") {
  Bundle bundle = new_bundle().script("grep -c secret-of-caller /proc/keys");
  bundle.set("/linux/maskedPaths", "[]");
  const auto run = [&](std::vector<std::string> args) {
    const std::string id = runtime().new_id();
    args.insert(args.begin(), {"run", "-b", bundle.directory()});
    args.push_back(id);
    return run_command(with_key(runtime().command(args), "berth." + id));
  };
  CHECK(run({}).out == "0\n");
  CHECK(run({"--no-new-keyring"}).out == "1\n");
}

// ---- no memfd may be executed ---------------------------------------------------------------

/// vm.memfd_noexec belongs to the pid namespace.
Outcome run_without_executable_memfds(const std::vector<std::string>& argv) {
  Command command{.argv = {"unshare", "--pid", "--fork", "--mount-proc", "sh", "-c",
                           "echo 2 > /proc/sys/vm/memfd_noexec || exit 77; exec \"$@\"", "sh"}};
  command.argv.insert(command.argv.end(), argv.begin(), argv.end());
  return run_command(command);
}

TEST_CASE_METHOD(Machine, "a host where no memfd may be executed runs containers (SR-29)",
                 "[memfd][security][berth]") {
  if (!std::filesystem::exists("/proc/sys/vm/memfd_noexec")) return skip("no vm.memfd_noexec");
  Bundle bundle = new_bundle().script("echo lives");
  bundle.set("/hooks", R"({"startContainer": [{"path": "/bin/true"}]})");
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW"})");
  CHECK_THAT(run_without_executable_memfds(
                 runtime().command({"run", "-b", bundle.directory(), runtime().new_id()}).argv),
             Prints("lives\n"));
}

TEST_CASE_METHOD(Machine,
                 "on a host where no memfd may be executed the first process runs a file that "
                 "cannot be written (SR-29)",
                 "[memfd][security][berth]") {
  if (!std::filesystem::exists("/proc/sys/vm/memfd_noexec")) return skip("no vm.memfd_noexec");
  const std::string mark = place() + "/mark";
  Bundle bundle = new_bundle().script("echo lives");
  // The first process still is berth-init: its file is read-only, and so is what it is on.
  bundle.set("/hooks", R"({"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c",
      "p=$(sed 's/.*\"pid\": *\\([0-9]*\\).*/\\1/'); (echo > /proc/$p/exe) 2> )" +
                           mark + R"(; true"]}]})");
  CHECK_THAT(run_without_executable_memfds(
                 runtime().command({"run", "-b", bundle.directory(), runtime().new_id()}).argv),
             Prints("lives\n"));
  CHECK(contains(read_file(mark), "Read-only file system"));
}

TEST_CASE_METHOD(Machine, "the error for a caller who may not mount names vm.memfd_noexec",
                 "[memfd][berth]") {
  if (!std::filesystem::exists("/proc/sys/vm/memfd_noexec")) return skip("no vm.memfd_noexec");
  const std::string program = place() + "/berth-for-all";
  std::filesystem::copy_file(Runtime::program(), program);
  Bundle bundle = new_bundle();
  const Outcome outcome = run_without_executable_memfds(
      {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "--root",
       place() + "/none", "create", "-b", bundle.directory(), "x"});
  CHECK_THAT(outcome, Fails({"vm.memfd_noexec"}));
}

}  // namespace
}  // namespace berth::test
