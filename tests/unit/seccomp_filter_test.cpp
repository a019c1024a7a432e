// From linux.seccomp to what the kernel answers, without a kernel.
#include <catch2/catch.hpp>

#include "seccomp_fixture.h"

namespace berth::seccomp {
namespace {

TEST_CASE("SC-1: what is not listed gets the default action") {
  const Profile profile(only({allow({"read", "exit_group"})}));
  CHECK(profile.answer("read") == kAllow);
  CHECK(profile.answer("exit_group") == kAllow);
  CHECK(profile.answer("write") == error(EPERM));
}

struct ActionRow {
  const char* name;
  std::uint32_t answer;
};

TEST_CASE("SC-3: every action, as default and of a rule") {
  const auto [name, answer] = GENERATE(values<ActionRow>({
      {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
      {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
      {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
      {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP},
      {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO | EPERM},
      {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE | EPERM},
      {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW},
      {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
      {"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF},
  }));
  CAPTURE(name);
  spec::Seccomp seccomp = only({allow({"read", "futex_waitv"})});
  seccomp.listener_path = "/run/agent";
  seccomp.default_action = name;
  CHECK(Profile(seccomp).answer("write") == answer);

  seccomp.default_action = "SCMP_ACT_ERRNO";
  seccomp.default_errno_ret = 7;
  seccomp.syscalls[0].action = name;
  CHECK(Profile(seccomp).answer("read") == answer);
  CHECK(Profile(seccomp).answer("write") == error(7));
}

TEST_CASE("SC-2: errnoRet and defaultErrnoRet are what the program sees") {
  spec::Seccomp seccomp = only({refuse({"read"}, 5), allow({"futex_waitv"})});
  seccomp.default_errno_ret = 38;
  const Profile profile(seccomp);
  CHECK(profile.answer("read") == error(5));
  CHECK(profile.answer("write") == error(38));
}

// ---- calls that the profile does not know ---------------------------------------------------

TEST_CASE("SC-3: calls newer than the profile do not exist, older ones are refused") {
  const Profile profile(only({allow({"read", "clone3"})}));
  CHECK(profile.answer("clone3") == kAllow);
  CHECK(profile.answer("close_range") == error(ENOSYS));  // 436, after clone3
  CHECK(profile.answer(AUDIT_ARCH_X86_64, 1000) == error(ENOSYS));
  CHECK(profile.answer(AUDIT_ARCH_X86_64, 0xffffffff) == error(ENOSYS));
  CHECK(profile.answer("pidfd_open") == error(EPERM));  // 434, before it
}

TEST_CASE("SC-3: rules that refuse are about calls that the profile knows") {
  const Profile profile(only({allow({"read"}), refuse({"clone3"}, 5), refuse({"futex_waitv"}, 6)}));
  CHECK(profile.answer("clone3") == error(5));
  CHECK(profile.answer("futex_waitv") == error(6));
  CHECK(profile.answer("openat2") == error(EPERM));
}

TEST_CASE("SC-3: clone3 does not exist unless it is listed, also where newer calls are") {
  const Profile profile(only({allow({"read", "futex_waitv"})}));
  CHECK(profile.answer("clone3") == error(ENOSYS));
  CHECK(profile.answer("openat2") == error(EPERM));
  CHECK(profile.answer("read") == kAllow);
}

struct DefaultRow {
  const char* action;
  std::uint32_t unknown;
};

TEST_CASE("SC-3: where a tracer or an agent decides, unknown calls get the default action") {
  const auto [action, unknown] = GENERATE(values<DefaultRow>({
      {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW},
      {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
      {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE | EPERM},
      {"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF},
      {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO | ENOSYS},
      {"SCMP_ACT_TRAP", SECCOMP_RET_ERRNO | ENOSYS},
      {"SCMP_ACT_KILL", SECCOMP_RET_ERRNO | ENOSYS},
      {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_ERRNO | ENOSYS},
  }));
  CAPTURE(action);
  spec::Seccomp seccomp = only({refuse({"read", "getrandom"}, 5)});
  seccomp.default_action = action;
  seccomp.listener_path = "/run/agent";
  const Profile profile(seccomp);
  CHECK(profile.answer(AUDIT_ARCH_X86_64, 1000) == unknown);
  CHECK(profile.answer("clone3") == unknown);
  CHECK(profile.answer("read") == error(5));
}

TEST_CASE("SC-3: a profile without calls knows of none, old or new") {
  CHECK(Profile(only({})).answer(AUDIT_ARCH_X86_64, 1000) == error(EPERM));
}

TEST_CASE("SC-3: names that libseccomp does not know are left out, and counted") {
  const Profile profile(only({allow({"read", "no_such_call", "futex_waitv"})}));
  CHECK(profile.answer("read") == kAllow);
  REQUIRE(profile.warnings().size() == 1);
  CHECK(profile.warnings()[0].find("/linux/seccomp/syscalls: left out, as libseccomp") == 0);
  CHECK(profile.warnings()[0].find("'no_such_call'") != std::string::npos);
}

// ---- architectures --------------------------------------------------------------------------

TEST_CASE("SC-3: other architectures are the end of the program, and x32 does not exist") {
  const Profile profile(only({allow({"read", "futex_waitv"})}));
  CHECK(profile.i386("read") == SECCOMP_RET_KILL_PROCESS);
  CHECK(profile.answer(AUDIT_ARCH_AARCH64, 63) == SECCOMP_RET_KILL_PROCESS);
  CHECK(profile.x32("read") == error(ENOSYS));
}

TEST_CASE("SC-3: x32 is denied also where everything else is allowed") {
  spec::Seccomp seccomp = only({refuse({"ptrace"}, EPERM)});
  seccomp.default_action = "SCMP_ACT_ALLOW";
  const Profile profile(seccomp);
  CHECK(profile.answer("read") == kAllow);
  CHECK(profile.x32("ptrace") == SECCOMP_RET_KILL_PROCESS);
  CHECK(profile.x32("read") == SECCOMP_RET_KILL_PROCESS);
}

TEST_CASE("SC-3: every listed architecture has its own numbers") {
  spec::Seccomp seccomp = only({allow({"read", "socket", "futex_waitv"}), refuse({"write"}, 5)});
  seccomp.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
  const Profile profile(seccomp);
  CHECK(profile.answer("read") == kAllow);
  CHECK(profile.i386("read") == kAllow);
  CHECK(profile.x32("read") == kAllow);
  CHECK(profile.i386("write") == error(5));
  CHECK(profile.x32("write") == error(5));
  CHECK(profile.i386("ptrace") == error(EPERM));
  CHECK(profile.x32("ptrace") == error(EPERM));
  // The call that was one of many behind socketcall, too.
  CHECK(profile.answer(AUDIT_ARCH_I386, Profile::kI386Socket) == kAllow);
  CHECK(profile.i386("socketcall", {1}) == kAllow);
  CHECK(profile.i386("socketcall", {2}) == error(EPERM));
}

TEST_CASE("SC-3: newer calls and clone3 do not exist in any listed architecture") {
  spec::Seccomp seccomp = only({allow({"read", "futex_waitv"})});
  seccomp.architectures = {"SCMP_ARCH_X86", "SCMP_ARCH_X32"};  // the machine's own in any case
  const Profile profile(seccomp);
  CHECK(profile.answer("read") == kAllow);
  for (const std::uint32_t clone3 :
       {profile.answer("clone3"), profile.i386("clone3"), profile.x32("clone3")}) {
    CHECK(clone3 == error(ENOSYS));
  }
  CHECK(profile.answer(AUDIT_ARCH_X86_64, 1000) == error(ENOSYS));
  CHECK(profile.answer(AUDIT_ARCH_X86_64, 0x40000000 + 1000) == error(ENOSYS));
  CHECK(profile.answer(AUDIT_ARCH_I386, 1000) == error(ENOSYS));
  CHECK(profile.i386("ptrace") == error(EPERM));
}

TEST_CASE("SC-3: calls that only ARM has are not the newest") {
  spec::Seccomp seccomp = only({allow({"read", "futex_waitv", "set_tls"})});
  seccomp.architectures = {"SCMP_ARCH_ARM"};
  const Profile profile(seccomp);
  CHECK(profile.answer(AUDIT_ARCH_ARM, 3) == kAllow);
  CHECK(profile.answer(AUDIT_ARCH_ARM, 0xf0005) == kAllow);
  CHECK(profile.answer(AUDIT_ARCH_ARM, 0xf0002) == error(EPERM));
  CHECK(profile.answer(AUDIT_ARCH_ARM, 1000) == error(ENOSYS));
}

TEST_CASE("SC-3: architectures of this byte order that libseccomp knows are all taken") {
  const std::string name =
      GENERATE(values<std::string>({"X86", "X86_64", "X32", "ARM", "AARCH64", "MIPSEL", "MIPSEL64",
                                    "MIPSEL64N32", "PPC64LE", "RISCV64"}));
  spec::Seccomp seccomp = only({allow({"read", "futex_waitv"})});
  seccomp.architectures = {"SCMP_ARCH_" + name};
  CHECK(Profile(seccomp).answer("read") == kAllow);
}

TEST_CASE("SC-3: what is behind socketcall is refused where there are conditions on it") {
  spec::Seccomp seccomp = only({allow({"socket"}, {when(0, "NE", 40)}), allow({"connect"})});
  seccomp.architectures = {"SCMP_ARCH_X86"};
  const Profile profile(seccomp);
  CHECK(profile.answer("socket", {1}) == kAllow);
  CHECK(profile.answer("socket", {40}) == error(EPERM));
  CHECK(profile.answer(AUDIT_ARCH_I386, Profile::kI386Socket, {1}) == kAllow);
  CHECK(profile.answer(AUDIT_ARCH_I386, Profile::kI386Socket, {40}) == error(EPERM));
  CHECK(profile.i386("socketcall", {1, 40}) == error(EPERM));
  CHECK(profile.i386("socketcall", {3}) == kAllow);

  seccomp.default_action = "SCMP_ACT_ALLOW";
  seccomp.syscalls = {refuse({"socket"}, 5, {when(0, "EQ", 40)})};
  CHECK(Profile(seccomp).i386("socketcall", {1}) == error(5));
  CHECK(Profile(seccomp).i386("socketcall", {3}) == kAllow);

  // Who lists socketcall itself lets all of it pass.
  seccomp = only({allow({"socket"}, {when(0, "NE", 40)}), allow({"socketcall"})});
  seccomp.architectures = {"SCMP_ARCH_X86"};
  CHECK(Profile(seccomp).i386("socketcall", {1}) == kAllow);
}

TEST_CASE("SC-3: the multiplexer and the way of its own are known where a call is listed") {
  spec::Seccomp seccomp = only({allow({"socket", "semget"})});
  seccomp.architectures = {"SCMP_ARCH_X86"};
  const Profile profile(seccomp);
  CHECK(profile.answer(AUDIT_ARCH_I386, Profile::kI386Socket) == kAllow);
  CHECK(profile.i386("socketcall", {1}) == kAllow);
  CHECK(profile.i386("socketcall", {2}) == error(EPERM));
  CHECK(profile.i386("ipc", {2}) == kAllow);
  CHECK(profile.answer(AUDIT_ARCH_I386, 402 + 1) == error(ENOSYS));
  CHECK(profile.i386("read") == error(EPERM));
}

TEST_CASE("SC-3: the version in the first argument of ipc hides no call") {
  spec::Seccomp seccomp = only({refuse({"semget"}, 5)});
  seccomp.default_action = "SCMP_ACT_ALLOW";
  seccomp.architectures = {"SCMP_ARCH_X86"};
  const Profile profile(seccomp);
  CHECK(profile.i386("ipc", {0x10002}) == error(5));
  CHECK(profile.i386("ipc", {0x10003}) == kAllow);
}

TEST_CASE("SC-3: rules about a multiplexer go before those about what it stands for") {
  spec::Seccomp seccomp = only({allow({"socket"}), refuse({"socketcall"}, 5, {when(0, "EQ", 1)})});
  seccomp.architectures = {"SCMP_ARCH_X86"};
  CHECK(Profile(seccomp).i386("socketcall", {1}) == error(5));
  // This one says no more than the default does.
  seccomp.syscalls[1] = refuse({"socketcall"}, EPERM);
  CHECK(Profile(seccomp).i386("socketcall", {1}) == kAllow);
}

TEST_CASE("SC-3: conditions compare 64 bits for x32, too") {
  spec::Seccomp seccomp = only({allow({"personality"}, {when(0, "EQ", 8)})});
  seccomp.architectures = {"SCMP_ARCH_X32"};
  CHECK(Profile(seccomp).x32("personality", {8}) == kAllow);
  CHECK(Profile(seccomp).x32("personality", {0x100000008}) == error(EPERM));
}

TEST_CASE("SC-3: a call that a tracer skips is not one of x32") {
  spec::Seccomp seccomp = only({refuse({"ptrace"}, EPERM)});
  seccomp.default_action = "SCMP_ACT_ALLOW";
  CHECK(Profile(seccomp).answer(AUDIT_ARCH_X86_64, 0xffffffff) == kAllow);
  CHECK(Profile(seccomp).answer(AUDIT_ARCH_X86_64, 0xfffffffe) == SECCOMP_RET_KILL_PROCESS);
}

// ---- large profiles -------------------------------------------------------------------------

spec::Seccomp large_profile() {
  spec::SeccompRule all = allow({});
  for (int number = 0; number < 500; ++number) {
    char* name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, number);
    if (name != nullptr && std::string(name) != "ptrace") all.names.emplace_back(name);
    std::free(name);
  }
  spec::Seccomp seccomp = only({all});
  seccomp.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
  return seccomp;
}

TEST_CASE("SC-3: a large profile answers every number as its list says") {
  const spec::Seccomp seccomp = large_profile();
  const Profile profile(seccomp);
  const spec::Strings& names = seccomp.syscalls[0].names;
  REQUIRE(names.size() > 350);
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK(profile.answer(name.c_str()) == kAllow);
    if (seccomp_syscall_resolve_name_arch(SCMP_ARCH_X32, name.c_str()) < 0) continue;
    CHECK(profile.x32(name.c_str()) == kAllow);
  }
  CHECK(profile.answer("ptrace") == error(EPERM));
  CHECK(profile.i386("ptrace") == error(EPERM));
  CHECK(profile.answer(AUDIT_ARCH_X86_64, 5000) == error(ENOSYS));
  CHECK(profile.program().size() < 400);
}

TEST_CASE("SC-3: an architecture that this machine does not have takes as little room") {
  const auto size_with = [](const spec::Strings& architectures) {
    spec::Seccomp seccomp = large_profile();
    seccomp.architectures = architectures;
    return Profile(seccomp).program().size();
  };
  const std::size_t own = size_with({"SCMP_ARCH_X86_64"});
  for (const char* other : {"SCMP_ARCH_AARCH64", "SCMP_ARCH_RISCV64"}) {
    CAPTURE(other);
    CHECK(size_with({"SCMP_ARCH_X86_64", other}) < 3 * own);
  }
}

TEST_CASE("SC-3: in a large profile no call waits for all others") {
  spec::Seccomp seccomp = large_profile();
  seccomp.architectures = {"SCMP_ARCH_X86_64"};
  seccomp_data call = {};
  call.arch = AUDIT_ARCH_X86_64;
  std::size_t longest = 0;
  const Profile profile(seccomp);
  for (const std::string& name : seccomp.syscalls[0].names) {
    call.nr = static_cast<int>(Profile::number_of(name.c_str()));
    longest = std::max(longest, steps_of(profile.program(), call));
  }
  CHECK(longest <= 16);
}

TEST_CASE("SC-3: more than the kernel takes is an error that says so") {
  spec::Seccomp seccomp = only({});
  for (std::uint64_t value = 0; value < 2000; ++value) {
    seccomp.syscalls.push_back(allow({"ioctl"}, {when(0, "EQ", 2 * value), when(1, "NE", value)}));
  }
  try {
    const Profile profile(seccomp);
    FAIL("it was compiled");
  } catch (const Error& failure) {
    CHECK(failure.kind() == ErrorKind::Unsupported);
    CHECK(failure.origin() == "/linux/seccomp/syscalls");
  }
}

}  // namespace
}  // namespace berth::seccomp
