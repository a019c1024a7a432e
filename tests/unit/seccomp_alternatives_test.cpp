// Several conditions in one rule: those on one argument are alternatives, arguments hold together.
#include <catch2/catch.hpp>

#include "seccomp_fixture.h"

namespace berth::seccomp {
namespace {

/// What the first two arguments of a call are.
struct Row {
  std::uint64_t first, second;
  bool holds;
};

void check_table(const std::vector<spec::SeccompArg>& conditions, const std::vector<Row>& rows) {
  const Profile allowing(only({allow({"ioctl"}, conditions)}));
  spec::Seccomp seccomp = only({refuse({"ioctl"}, 5, conditions)});
  seccomp.default_action = "SCMP_ACT_ALLOW";
  const Profile refusing(seccomp);
  for (const Row& row : rows) {
    CAPTURE(row.first, row.second);
    CHECK(allowing.answer("ioctl", {row.first, row.second}) == (row.holds ? kAllow : error(EPERM)));
    CHECK(refusing.answer("ioctl", {row.first, row.second}) == (row.holds ? error(5) : kAllow));
  }
}

TEST_CASE("SC-3: of two conditions on one argument one has to hold") {
  check_table({when(0, "EQ", 8), when(0, "EQ", 0x20000)}, {{8, 0, true},
                                                           {0x20000, 0, true},
                                                           {0x20008, 0, false},
                                                           {0, 8, false},
                                                           {0x800000000, 0, false}});
}

TEST_CASE("SC-3: three conditions on two arguments, in any order") {
  const spec::SeccompArg one = when(0, "EQ", 1), two = when(0, "EQ", 2), three = when(1, "EQ", 3);
  const std::vector<Row> rows = {{1, 3, true},  {2, 3, true},  {3, 3, false}, {0, 3, false},
                                 {1, 0, false}, {2, 0, false}, {2, 2, false}, {3, 1, false}};
  check_table({one, two, three}, rows);
  check_table({one, three, two}, rows);
  check_table({three, two, one}, rows);
}

TEST_CASE("SC-3: alternatives on each of two arguments") {
  check_table({when(0, "LT", 2), when(1, "GT", 7), when(0, "EQ", 9), when(1, "LE", 0)},
              {{0, 8, true},
               {1, 0, true},
               {9, 0, true},
               {9, 0x100000000, true},
               {2, 8, false},
               {0, 7, false},
               {9, 1, false},
               {0x100000001, 8, false}});
}

TEST_CASE("SC-3: alternatives that compare under masks") {
  check_table({when(0, "MASKED_EQ", 0xf0, 0x10), when(0, "MASKED_EQ", 0x8000000000000000, 0),
               when(1, "MASKED_EQ", 3, 3)},
              {{0x10, 3, true},
               {0x8000000000000015, 7, true},
               {0x20, 3, true},
               {0x8000000000000020, 3, false},
               {0x10, 2, false},
               {0x8000000000000010, 1, false}});
}

TEST_CASE("SC-3: a value that two alternatives exclude is excluded by neither") {
  check_table({when(0, "NE", 40), when(0, "NE", 38)},
              {{38, 0, true}, {40, 0, true}, {39, 0, true}});
}

// ---- remarks --------------------------------------------------------------------------------

TEST_CASE(
    "SC-3: alternatives that hold for any value, or that others read differently, are remarks") {
  const Profile excluding(only({allow({"ioctl"}, {when(2, "NE", 40), when(2, "NE", 38)})}));
  REQUIRE(excluding.warnings().size() == 1);
  CHECK_THAT(excluding.warnings()[0],
             Catch::StartsWith("/linux/seccomp/syscalls/0/args: one of those on argument 2 holds"));
  const Profile mixed(
      only({allow({"ioctl"}, {when(0, "EQ", 1), when(1, "EQ", 1), when(0, "EQ", 2)})}));
  REQUIRE(mixed.warnings().size() == 1);
  CHECK_THAT(mixed.warnings()[0], Catch::Contains("runc and crun"));
}

TEST_CASE("SC-3: conditions that every runtime reads alike are not reported") {
  for (const auto& conditions :
       {std::vector{when(0, "EQ", 1), when(0, "EQ", 2)}, {when(0, "EQ", 1), when(1, "EQ", 2)}}) {
    CHECK(Profile(only({allow({"ioctl"}, conditions)})).warnings().empty());
  }
}

}  // namespace
}  // namespace berth::seccomp
