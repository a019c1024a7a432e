// berth's filters beside those that libseccomp makes of the same profiles: both are emulated, and
// give the same answers. Where berth promises something else, the comparison leaves it out, and
// another test has berth's own rule:
//
// - Numbers above all that are listed, and clone3 unless it is listed, answer ENOSYS where the
//   default refuses; libseccomp has the default action for them. ("calls newer than the profile")
// - For x32 and 32-bit architectures libseccomp compares the low halves of arguments alone, berth
//   all of them. Only on x32 can the high ones be other than 0. ("conditions compare 64 bits for
//   x32")
// - Of several rules for one call with different actions libseccomp drops some without a word, by
//   their form and order; with berth the strictest decides. ("random rules answer as their
//   sentences say")
// - libseccomp refuses two conditions on one argument; with berth one has to hold.
//   ("of two conditions on one argument")
// - Conditions on calls behind socketcall and ipc cannot be checked there: libseccomp does not look
//   at the arguments, berth gives the strictest answer. ("what is behind socketcall is refused")
// - The kernel ignores the upper half of ipc's first argument, and so does berth. ("the version in
//   the first argument of ipc")
#include <seccomp.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "runtime/linux/files/file.h"
#include "seccomp_oracle.h"
#include "spec/config/read_config.h"

namespace berth::seccomp {
namespace {

TEST_CASE("SC-3: every operator compares as libseccomp does (CVE-2019-9893)") {
  for (const char* op : kOperators) {
    for (const std::uint64_t value : kNumbers) {
      const spec::Seccomp seccomp =
          only({allow({"ioctl"}, {when(1, op, value, value & 0x8000000100000005)})});
      const Profile ours(seccomp);
      const Program theirs = of_libseccomp(seccomp);
      seccomp_data call = {};
      call.arch = AUDIT_ARCH_X86_64;
      call.nr = SCMP_SYS(ioctl);
      for (const std::uint64_t number : kNumbers) {
        call.args[1] = number;
        CAPTURE(op, value, number);
        CHECK(answer_of(theirs, call) == answer_of(ours.program(), call));
      }
    }
  }
}

// ---- every number of an architecture --------------------------------------------------------

struct Architecture {
  const char* name;
  std::uint32_t audited;
  std::uint32_t first;                          ///< the number from which on it has calls
  std::uint32_t out_of_order = ~0U, end = ~0U;  ///< numbers that do not say how new a call is
};

constexpr std::uint32_t kX32 = 0x40000000;

/// The machine's own one first.
constexpr Architecture kArchitectures[] = {
    {"SCMP_ARCH_X86_64", AUDIT_ARCH_X86_64, 0},
    {"SCMP_ARCH_X86", AUDIT_ARCH_I386, 0},
    {"SCMP_ARCH_X32", AUDIT_ARCH_X86_64, kX32, kX32 + 512, kX32 + 547},
    {"SCMP_ARCH_ARM", AUDIT_ARCH_ARM, 0, 0xf0000},
    {"SCMP_ARCH_AARCH64", AUDIT_ARCH_AARCH64, 0},
    {"SCMP_ARCH_MIPSEL", AUDIT_ARCH_MIPSEL, 4000},
    {"SCMP_ARCH_MIPSEL64", AUDIT_ARCH_MIPSEL64, 5000},
    {"SCMP_ARCH_PPC64LE", AUDIT_ARCH_PPC64LE, 0},
    {"SCMP_ARCH_RISCV64", AUDIT_ARCH_RISCV64, 0}};

/// All its numbers, with the names that libseccomp has for them.
using Names = std::map<std::uint32_t, std::string>;

Names names_of(const Architecture& architecture) {
  constexpr std::uint32_t kCalls = 560;
  Names names;
  const auto add = [&](std::uint32_t number) {
    char* name =
        seccomp_syscall_resolve_num_arch(token_of(architecture.name), static_cast<int>(number));
    if (name != nullptr) names[number] = name;
    std::free(name);
  };
  for (std::uint32_t i = 0; i < kCalls; ++i) add(architecture.first + i);
  for (std::uint32_t i = 0; i < 16 && architecture.out_of_order == 0xf0000; ++i) add(0xf0000 + i);
  return names;
}

const Names& names_of(std::size_t architecture) {
  static const std::vector<Names> all = [] {
    std::vector<Names> names;
    for (const Architecture& one : kArchitectures) names.push_back(names_of(one));
    return names;
  }();
  return all[architecture];
}

/// The call that `name` is one of many behind, in this architecture; or none.
std::string multiplexer_of(const Architecture& architecture, const std::string& name) {
  const int number = seccomp_syscall_resolve_name_arch(token_of(architecture.name), name.c_str());
  const char* found = number > -200 ? "socketcall" : "ipc";
  const bool is_behind = number < -100 && number > -300;
  const bool has_it =
      is_behind && seccomp_syscall_resolve_name_arch(token_of(architecture.name), found) >= 0;
  return has_it ? found : "";
}

bool is_multiplexed(const std::string& name) {
  return std::any_of(std::begin(kArchitectures), std::end(kArchitectures),
                     [&](const auto& one) { return !multiplexer_of(one, name).empty(); });
}

/// What a profile has to say about one architecture besides its actions.
struct Listing {
  std::optional<std::uint32_t> newest;
  bool has_clone3 = false;
  std::set<std::string> left_out;  ///< calls that berth answers by a rule of its own

  Listing(const spec::Seccomp& seccomp, std::size_t index) {
    const Architecture& architecture = kArchitectures[index];
    std::set<std::string> names;
    std::map<std::string, std::string> actions;
    for (const spec::SeccompRule& rule : seccomp.syscalls) {
      for (const std::string& name : rule.names) {
        const std::string multiplexer = multiplexer_of(architecture, name);
        names.insert({name, multiplexer});
        if (!rule.args.empty()) left_out.insert(multiplexer);
        const auto [first, is_new] = actions.try_emplace(name, rule.action);
        if (first->second != rule.action) left_out.insert(name);
      }
    }
    has_clone3 = names.count("clone3") != 0;
    for (const auto& [number, name] : names_of(index)) {
      const bool counts = number < architecture.out_of_order || number > architecture.end;
      if (counts && names.count(name) != 0) newest = number;
    }
  }
};

// ---- the comparison -------------------------------------------------------------------------

bool refuses(const std::string& action) {
  return action != "SCMP_ACT_ALLOW" && action != "SCMP_ACT_LOG" && action != "SCMP_ACT_TRACE";
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t end) { return engine_() % end; }
  template <class List>
  const auto& one_of(const List& list) {
    return *std::next(std::begin(list), static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

 private:
  std::mt19937 engine_;
};

/// The values that conditions ask for, those beside them, and others.
std::vector<std::uint64_t> interesting(const spec::Seccomp& seccomp) {
  std::vector<std::uint64_t> values = {0, 1, 0xffffffff};
  for (const spec::SeccompRule& rule : seccomp.syscalls) {
    for (const spec::SeccompArg& arg : rule.args) {
      for (const std::uint64_t value : {arg.value, arg.value_two}) {
        values.insert(values.end(), {value, value - 1, value + 1});
      }
    }
  }
  return values;
}

class Comparison {
 public:
  Comparison(const spec::Seccomp& seccomp, unsigned seed, std::uint64_t mask)
      : seccomp_(seccomp),
        ours_(seccomp),
        theirs_(of_libseccomp(seccomp)),
        values_(interesting(seccomp)),
        random_(seed),
        mask_(mask) {}

  void check(std::size_t index, std::size_t times) {
    const Architecture& architecture = kArchitectures[index];
    const Listing listing(seccomp_, index);
    constexpr std::uint32_t kBeyond = 600;
    for (std::uint32_t i = 0; i < kBeyond; ++i) {
      check(architecture, listing, architecture.first + i, times);
    }
    for (const std::uint32_t number : {0xf0000U, 0xf0002U, 0xf0005U, 4001U, 5001U, kX32 - 1}) {
      if (architecture.first != kX32) check(architecture, listing, number, 1);
    }
  }

  std::size_t count() const { return count_; }

 private:
  void check(const Architecture& architecture, const Listing& listing, std::uint32_t number,
             std::size_t times) {
    seccomp_data call = {};
    call.arch = architecture.audited;
    call.nr = static_cast<int>(number);
    for (; times > 0; --times) {
      for (auto& arg : call.args) arg = random_.one_of(values_) & mask_;
      const std::uint32_t ours = answer_of(ours_.program(), call);
      const std::uint32_t expected =
          is_unknown(architecture, listing, number) ? error(ENOSYS) : answer_of(theirs_, call);
      ++count_;
      if (ours == expected || is_left_out(listing, architecture, number)) continue;
      CAPTURE(architecture.name, number, call.args[0], call.args[1], call.args[2], listing.newest);
      CHECK(ours == expected);
    }
  }

  bool is_unknown(const Architecture& architecture, const Listing& listing,
                  std::uint32_t number) const {
    const bool says_age = number < architecture.out_of_order || number > architecture.end;
    if (!refuses(seccomp_.default_action) || !listing.newest || !says_age) return false;
    const bool is_clone3 = number == architecture.first + 435;
    return number > *listing.newest || (is_clone3 && !listing.has_clone3);
  }

  static bool is_left_out(const Listing& listing, const Architecture& architecture,
                          std::uint32_t number) {
    const auto& names = names_of(static_cast<std::size_t>(&architecture - kArchitectures));
    const auto found = names.find(number);
    return found != names.end() && listing.left_out.count(found->second) != 0;
  }

  const spec::Seccomp& seccomp_;
  Profile ours_;
  Program theirs_;
  std::vector<std::uint64_t> values_;
  Random random_;
  std::uint64_t mask_;
  std::size_t count_ = 0;
};

constexpr std::uint64_t kLowHalf = 0xffffffff;

TEST_CASE("SC-3: engines' default profiles answer as libseccomp's filter does") {
  std::size_t profiles = 0, calls = 0;
  for (const auto& entry : std::filesystem::directory_iterator(BERTH_ENGINE_CONFIGS)) {
    Problems problems;
    const spec::Config config = spec::read_config(sys::read_file(entry.path()), problems);
    if (!config.linux.seccomp) continue;
    INFO(entry.path());
    constexpr std::size_t kTimes = 20, kX86 = 3;  // x86_64, x86 and x32
    Comparison comparison(*config.linux.seccomp, 1, kLowHalf);
    for (std::size_t index = 0; index < kX86; ++index) comparison.check(index, kTimes);
    ++profiles;
    calls += comparison.count();
  }
  CHECK(profiles >= 10);
  CHECK(calls > 300000);
}

// ---- random profiles ------------------------------------------------------------------------

/// Every call of each of these architectures.
const std::vector<std::string>& all_names() {
  static const std::vector<std::string> all = [] {
    std::set<std::string> names;
    for (std::size_t i = 0; i < std::size(kArchitectures); ++i) {
      for (const auto& [number, name] : names_of(i)) names.insert(name);
    }
    // libseccomp has one number for these two, and takes one for the other.
    for (const char* name : {"switch_endian", "sys_debug_setcontext"}) names.erase(name);
    return std::vector<std::string>(names.begin(), names.end());
  }();
  return all;
}

constexpr const char* kActions[] = {"SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL",
                                    "SCMP_ACT_TRAP",  "SCMP_ACT_LOG",          "SCMP_ACT_TRACE",
                                    "SCMP_ACT_ALLOW"};

class RandomProfile {
 public:
  RandomProfile(unsigned seed, std::uint64_t mask) : random_(seed), mask_(mask) {}

  /// Each call once, but for alternatives of one action.
  spec::Seccomp seccomp() {
    spec::Seccomp seccomp;
    seccomp.default_action = random_.one_of(kActions);
    std::set<std::string> names;
    for (std::size_t count = random_.below(40); count > 0; --count) {
      names.insert(random_.one_of(all_names()));
    }
    for (const std::string& name : names) add_rules(name, seccomp);
    return seccomp;
  }

 private:
  void add_rules(const std::string& name, spec::Seccomp& seccomp) {
    spec::SeccompRule rule = {{name}, random_.one_of(kActions), {}, {}};
    const std::size_t form = is_multiplexed(name) ? 2 : random_.below(6);
    if (form == 0) {
      for (std::uint32_t index = 0; index < 3; ++index) {
        if (random_.below(2) == 0) rule.args.push_back(condition(index));
      }
    } else if (form == 1) {
      for (std::size_t count = random_.below(3); count > 0; --count) {
        rule.args = {when(1, "EQ", value())};
        seccomp.syscalls.push_back(rule);
      }
      rule.args = {when(1, "EQ", value())};
    }
    seccomp.syscalls.push_back(rule);
  }

  spec::SeccompArg condition(std::uint32_t index) {
    const std::uint64_t first = value();
    return when(index, random_.one_of(kOperators), first, first & value());
  }

  std::uint64_t value() { return random_.one_of(kNumbers) & mask_; }

  Random random_;
  std::uint64_t mask_;
};

TEST_CASE("SC-3: a thousand random profiles answer every call as libseccomp's filters do") {
  constexpr unsigned kProfiles = 1000;
  constexpr std::size_t kTimes = 2;
  std::size_t calls = 0;
  for (unsigned seed = 0; seed < kProfiles; ++seed) {
    Random random(seed);
    const bool is_alone = random.below(3) == 0;
    const std::uint64_t mask = is_alone ? ~std::uint64_t{0} : kLowHalf;
    spec::Seccomp seccomp = RandomProfile(seed, mask).seccomp();
    std::vector<std::size_t> architectures = {0};
    for (std::size_t index = 1; index < std::size(kArchitectures) && !is_alone; ++index) {
      if (random.below(3) == 0) architectures.push_back(index);
    }
    for (const std::size_t index : architectures) {
      seccomp.architectures.emplace_back(kArchitectures[index].name);
    }
    INFO(seed);
    Comparison comparison(seccomp, seed, mask);
    for (const std::size_t index : architectures) comparison.check(index, kTimes);
    calls += comparison.count();
  }
  CHECK(calls > 3000000);
}

}  // namespace
}  // namespace berth::seccomp
