// From linux.seccomp to what the kernel answers, without a kernel.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "runtime/linux/file.h"
#include "seccomp_fixture.h"

namespace berth::seccomp {
namespace {

constexpr std::uint64_t kMost = ~std::uint64_t{0};

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

// ---- conditions -----------------------------------------------------------------------------

bool holds(const std::string& op, std::uint64_t argument, std::uint64_t value, std::uint64_t two) {
  if (op == "NE") return argument != value;
  if (op == "LT") return argument < value;
  if (op == "LE") return argument <= value;
  if (op == "EQ") return argument == value;
  if (op == "GE") return argument >= value;
  if (op == "GT") return argument > value;
  return (argument & value) == two;
}

/// Around every edge, in both halves of 64 bits.
const std::vector<std::uint64_t> kNumbers = {0,
                                             1,
                                             2,
                                             3,
                                             4,
                                             5,
                                             6,
                                             7,
                                             8,
                                             0x7fffffff,
                                             0x80000000,
                                             0xfffffffe,
                                             0xffffffff,
                                             0x100000000,
                                             0x100000001,
                                             0x100000005,
                                             0x500000000,
                                             0x500000005,
                                             0x7fffffffffffffff,
                                             0x8000000000000000,
                                             0x8000000000000005,
                                             kMost - 1,
                                             kMost};

constexpr const char* kOperators[] = {"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};

TEST_CASE("SC-3: every operator compares 64 bits without a sign") {
  for (const char* op : kOperators) {
    for (const std::uint64_t value : kNumbers) {
      const std::uint64_t two = value & 0x8000000100000005;
      const Profile profile(only({allow({"ioctl"}, {when(1, op, value, two)})}));
      for (const std::uint64_t number : kNumbers) {
        CAPTURE(op, value, two, number);
        const bool allowed = profile.answer("ioctl", {~number, number}) == kAllow;
        CHECK(allowed == holds(op, number, value, two));
      }
    }
  }
}

TEST_CASE("SC-3: MASKED_EQ with bits that the mask takes away never holds") {
  const Profile profile(only({allow({"ioctl"}, {when(1, "MASKED_EQ", 4, 5)})}));
  for (const std::uint64_t number : kNumbers) {
    CHECK(profile.answer("ioctl", {0, number}) == error(EPERM));
  }
}

/// libseccomp's own program for one condition.
Program of_libseccomp(unsigned op, std::uint64_t value, std::uint64_t two) {
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_KILL_PROCESS);
  const scmp_arg_cmp condition = {1, static_cast<scmp_compare>(op + 1), value, two};
  REQUIRE(seccomp_rule_add_array(context, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, &condition) == 0);
  const sys::Fd file = sys::scratch_file("test");
  REQUIRE(seccomp_export_bpf(context, file.get()) == 0);
  seccomp_release(context);
  const std::string bytes = sys::read_from_start(file, "test");
  Program program(bytes.size() / sizeof(sock_filter));
  std::memcpy(program.data(), bytes.data(), bytes.size());
  return program;
}

TEST_CASE("SC-3: every operator compares as libseccomp does (CVE-2019-9893)") {
  for (unsigned op = 0; op < std::size(kOperators); ++op) {
    for (const std::uint64_t value : kNumbers) {
      const std::uint64_t two = value & 0x8000000100000005;
      const Profile profile(only({allow({"ioctl"}, {when(1, kOperators[op], value, two)})}));
      const Program theirs = of_libseccomp(op, value, two);
      seccomp_data call = {};
      call.arch = AUDIT_ARCH_X86_64;
      call.nr = SCMP_SYS(ioctl);
      for (const std::uint64_t number : kNumbers) {
        call.args[1] = number;
        CAPTURE(kOperators[op], value, two, number);
        CHECK((answer_of(theirs, call) == kAllow) ==
              (profile.answer("ioctl", {0, number}) == kAllow));
      }
    }
  }
}

TEST_CASE("SC-3: a rule may have more conditions than a short jump is long") {
  std::vector<spec::SeccompArg> conditions;
  for (std::uint64_t value = 0; value < 300; ++value)
    conditions.push_back(when(3, "EQ", 2 * value));
  const Profile profile(only({allow({"ioctl"}, conditions)}));
  for (const std::uint64_t value : {0ULL, 300ULL, 598ULL}) {
    CHECK(profile.answer("ioctl", {0, 0, 0, value}) == kAllow);
    CHECK(profile.answer("ioctl", {0, 0, 0, value + 1}) == error(EPERM));
  }
}

TEST_CASE("SC-3: conditions on several arguments hold together") {
  const Profile profile(only(
      {allow({"socket"}, {when(0, "EQ", 16), when(1, "MASKED_EQ", 0xff, 3), when(2, "LT", 9)})}));
  CHECK(profile.answer("socket", {16, 0x80003, 8}) == kAllow);
  CHECK(profile.answer("socket", {17, 0x80003, 8}) == error(EPERM));
  CHECK(profile.answer("socket", {16, 0x80002, 8}) == error(EPERM));
  CHECK(profile.answer("socket", {16, 0x80003, 9}) == error(EPERM));
}

TEST_CASE("SC-3: rules of the same action hold one or the other") {
  const Profile profile(
      only({allow({"personality"}, {when(0, "EQ", 0)}), allow({"personality"}, {when(0, "EQ", 8)}),
            allow({"personality"}, {when(0, "EQ", 0xffffffff)})}));
  for (const std::uint64_t value : {0ULL, 8ULL, 0xffffffffULL}) {
    CHECK(profile.answer("personality", {value}) == kAllow);
  }
  CHECK(profile.answer("personality", {4}) == error(EPERM));
}

// ---- rules that contradict each other -------------------------------------------------------

TEST_CASE("SC-3: where rules contradict each other the strictest holds, in any order") {
  const spec::SeccompRule all = allow({"ioctl"});
  const spec::SeccompRule some = refuse({"ioctl"}, 5, {when(0, "EQ", 5)});
  for (const auto& rules : {std::vector{all, some}, std::vector{some, all}}) {
    const Profile profile(only(rules));
    CHECK(profile.answer("ioctl", {5}) == error(5));
    CHECK(profile.answer("ioctl", {6}) == kAllow);
    CHECK(profile.warnings().empty());
  }
}

TEST_CASE("SC-3: an exception with the default action is one") {
  const Profile profile(only({allow({"ioctl"}), refuse({"ioctl"}, EPERM, {when(0, "EQ", 5)})}));
  CHECK(profile.answer("ioctl", {5}) == error(EPERM));
  CHECK(profile.answer("ioctl", {6}) == kAllow);
}

TEST_CASE("SC-3: a rule that a stricter one leaves nothing is a warning") {
  const Profile profile(only({allow({"ioctl"}), refuse({"ioctl"}, 5)}));
  CHECK(profile.answer("ioctl") == error(5));
  REQUIRE(profile.warnings().size() == 1);
  CHECK(profile.warnings()[0].find("/linux/seccomp/syscalls/0: never decides about 'ioctl'") == 0);
}

/// What the strictest of the rules that hold says, rule by rule.
std::uint32_t expected(const std::vector<spec::SeccompRule>& rules,
                       const std::vector<std::uint64_t>& args) {
  std::optional<std::uint32_t> strictest;
  for (const spec::SeccompRule& rule : rules) {
    std::map<std::uint32_t, bool> by_argument;
    for (const spec::SeccompArg& arg : rule.args) {
      bool& one = by_argument[arg.index];
      one = one || holds(arg.op.substr(9), args[arg.index], arg.value, arg.value_two);
    }
    const bool all = std::all_of(by_argument.begin(), by_argument.end(),
                                 [](const auto& argument) { return argument.second; });
    if (!all) continue;
    const std::uint32_t answer = rule.action == "SCMP_ACT_ALLOW" ? SECCOMP_RET_ALLOW
                                 : rule.action == "SCMP_ACT_LOG" ? SECCOMP_RET_LOG
                                                                 : error(*rule.errno_ret);
    if (!strictest || answer < *strictest) strictest = answer;
  }
  return strictest.value_or(SECCOMP_RET_KILL_PROCESS);
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t end) { return engine_() % end; }
  std::uint64_t number() { return kNumbers[below(kNumbers.size())]; }

  spec::SeccompRule rule() {
    spec::SeccompRule rule = below(2) == 0   ? allow({"ioctl"})
                             : below(4) == 0 ? spec::SeccompRule{{"ioctl"}, "SCMP_ACT_LOG", {}, {}}
                                             : refuse({"ioctl"}, 5);
    for (std::size_t count = below(4); count > 0; --count) {
      const char* op = kOperators[below(std::size(kOperators))];
      const std::uint64_t value = number();
      rule.args.push_back(when(static_cast<std::uint32_t>(below(2)), op, value, value & number()));
    }
    return rule;
  }

 private:
  std::mt19937 engine_;
};

TEST_CASE("SC-3: random rules answer as their sentences say") {
  constexpr unsigned kProfiles = 400;
  for (unsigned seed = 0; seed < kProfiles; ++seed) {
    Random random(seed);
    spec::Seccomp seccomp = only({});
    seccomp.default_action = "SCMP_ACT_KILL_PROCESS";
    for (std::size_t count = 1 + random.below(3); count > 0; --count) {
      seccomp.syscalls.push_back(random.rule());
    }
    const Profile profile(seccomp);
    for (const std::uint64_t first : kNumbers) {
      for (const std::uint64_t second : kNumbers) {
        const std::uint32_t answer = profile.answer("ioctl", {first, second});
        if (answer == expected(seccomp.syscalls, {first, second})) continue;
        CAPTURE(seed, first, second);
        CHECK(answer == expected(seccomp.syscalls, {first, second}));
      }
    }
  }
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

TEST_CASE("SC-3: where somebody else decides, unknown calls get the default action") {
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
  CHECK(profile.program().size() < kMostInstructions);
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
  CHECK(longest < 40);
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
