// Conditions on arguments, and rules that contradict each other.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "seccomp_fixture.h"

namespace berth::seccomp {
namespace {

bool holds(const std::string& op, std::uint64_t argument, std::uint64_t value, std::uint64_t two) {
  if (op == "NE") return argument != value;
  if (op == "LT") return argument < value;
  if (op == "LE") return argument <= value;
  if (op == "EQ") return argument == value;
  if (op == "GE") return argument >= value;
  if (op == "GT") return argument > value;
  return (argument & value) == two;
}

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
  std::uint64_t number() { return kNumbers[below(std::size(kNumbers))]; }

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

}  // namespace
}  // namespace berth::seccomp
