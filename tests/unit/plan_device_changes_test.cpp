#include <catch2/catch.hpp>

#include "runtime/compile/cgroup/device_changes.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

using Lines = std::vector<std::string>;

AccessRule rule(bool allow, std::int32_t minor, std::uint32_t access) {
  return {
      .allow = allow, .type = 'c', .major = 1, .minor = minor, .access = access, .origin = "/d"};
}
const AccessRule kDenyAll{.allow = false, .type = 'a'};
const AccessRule kAllowAll{.allow = true, .type = 'a'};

struct Compiled {
  Lines lines;  ///< those to devices.deny have a `-` in front
  Problems problems;
};

Compiled changes(const std::string& list, const std::vector<AccessRule>& rules) {
  Compiled compiled;
  for (const CgroupWrite& write : compile_device_changes(list, rules, compiled.problems)) {
    compiled.lines.push_back((write.file == "devices.deny" ? "-" : "") + write.value);
  }
  return compiled;
}

TEST_CASE("RS-DEV-1: what is withdrawn goes first, what is added last, what stays is not touched") {
  const std::vector<AccessRule> rules = {kDenyAll, rule(true, 3, kMayAll), rule(true, 5, kMayRead),
                                         rule(true, 7, kMayRead)};
  CHECK(changes("c 1:3 rwm\nc 1:5 rwm\nc 1:9 w\n", rules).lines ==
        Lines{"-c 1:5 wm", "-c 1:9 w", "c 1:7 r"});
  CHECK(changes("c 1:3 rwm\nc 1:5 r\nc 1:7 r\n", rules).lines.empty());
}

TEST_CASE("RS-DEV-1: a cgroup with all devices loses them before it gets some") {
  CHECK(changes("a *:* rwm\n", {kDenyAll, rule(true, 3, kMayAll)}).lines ==
        Lines{"-a", "c 1:3 rwm"});
  CHECK(changes("c 1:3 rwm\n", {kDenyAll, kAllowAll}).lines == Lines{"a"});
  CHECK(changes("a *:* rwm\n", {kAllowAll}).lines.empty());
}

TEST_CASE("RS-DEV-1: all devices but some are refused, because v1 would allow these for a moment") {
  const Compiled compiled = changes("c 1:3 rwm\n", {kAllowAll, rule(false, 11, kMayWrite)});
  REQUIRE(compiled.problems.list().size() == 1);
  CHECK(compiled.problems.list()[0].kind == ErrorKind::Unsupported);
  CHECK(compiled.problems.list()[0].pointer == "/d");
}

}  // namespace
}  // namespace berth::plan
