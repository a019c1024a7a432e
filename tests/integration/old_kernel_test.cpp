// A kernel that is older than berth needs: calls that it does not know.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

/// From here on one call of ours and of our children answers as if it were not there. The test runs
/// as root: it takes no no_new_privs.
void forget_call(unsigned number) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {.len = std::size(code), .filter = code};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) _exit(126);
}

struct Missing {
  const char* name;
  unsigned number;
};

TEST_CASE_METHOD(Machine,
                 "a kernel without a call that berth needs is named, and nothing is left (SR-8)",
                 "[errors][berth]") {
  const Missing missing =
      GENERATE(Missing{"openat2", SYS_openat2}, Missing{"fsopen", SYS_fsopen},
               Missing{"fsmount", SYS_fsmount}, Missing{"open_tree", SYS_open_tree},
               Missing{"move_mount", SYS_move_mount}, Missing{"clone3", SYS_clone3},
               Missing{"mount_setattr", SYS_mount_setattr});
  INFO(missing.name);
  const Bundle bundle = new_bundle();
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [&] { forget_call(missing.number); };
  const Outcome outcome = run_command(command);
  CHECK_THAT(outcome, Fails({"function not implemented", "berth needs Linux 5.12 or newer"}));
  CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
}

TEST_CASE_METHOD(Machine,
                 "a system call that is refused is named or replaced, and leaves nothing (SR-8)",
                 "[errors][berth]") {
  const Missing missing = GENERATE(
      Missing{"execveat", SYS_execveat}, Missing{"memfd_create", SYS_memfd_create},
      Missing{"pidfd_open", SYS_pidfd_open}, Missing{"close_range", SYS_close_range},
      Missing{"pidfd_send_signal", SYS_pidfd_send_signal}, Missing{"pivot_root", SYS_pivot_root},
      Missing{"keyctl", SYS_keyctl}, Missing{"statmount", 457}, Missing{"listmount", 458});
  if (missing.number == SYS_execveat && Runtime::is_sanitized()) {
    return skip("AddressSanitizer warns of a child that ends on a stack of its own");
  }
  const Bundle bundle = new_bundle().script("echo runs");
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [&] { forget_call(missing.number); };
  const Outcome outcome = run_command(command);
  INFO(missing.name << ": " << outcome.out << outcome.err);
  if (outcome.status == 0) {
    CHECK(outcome.out == "runs\n");
  } else {
    CHECK_THAT(outcome, Fails({"function not implemented"}));
    CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
  }
}

TEST_CASE_METHOD(Machine, "namespaces that cannot be made early are made by the clone (NS-1)",
                 "[namespaces][berth]") {
  Bundle bundle = new_bundle().drop_namespace("cgroup").script(
      "readlink /proc/self/ns/net; readlink /proc/self/ns/ipc");
  // A mount namespace that begins empty takes the call that is refused.
  bundle.set("/hooks", R"({"createRuntime": [{"path": "/bin/true"}]})");
  const std::string id = runtime().new_id();
  const auto namespaces_with = [&](auto prepare) {
    Command command = runtime().command({"run", "-b", bundle.directory(), id});
    command.prepare = prepare;
    return run_command(command);
  };
  const Outcome usual = namespaces_with([] {});
  const Outcome refused = namespaces_with([] { forget_call(SYS_unshare); });
  for (const Outcome& outcome : {usual, refused}) {
    CHECK_THAT(outcome, Succeeds());
    CHECK(outcome.out.find(namespace_of(0, "net")) == std::string::npos);
    CHECK(outcome.out.find(namespace_of(0, "ipc")) == std::string::npos);
  }
}

}  // namespace
}  // namespace berth::test
