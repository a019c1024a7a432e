// What a call that does what was asked says: nothing, unless it is asked to. Engines show standard
// error as the container's own, or read it together with standard output.
#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

/// A bundle that the compiler has much to say about: ambient capabilities of which none is
/// inheritable, as engines ask for, unknown names, and, as in podman's default profile, a call that
/// a stricter rule decides about first.
Bundle remarkable(Machine& machine) {
  Bundle bundle = machine.new_bundle().capabilities({"CAP_KILL", "CAP_CHOWN", "CAP_WORLD_PEACE"});
  bundle.set("/process/capabilities/inheritable", "[]");
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["setns", "no_such_call"], "action": "SCMP_ACT_LOG"},
      {"names": ["setns"], "action": "SCMP_ACT_ERRNO"}]})");
  return bundle.args({"sleep", "1000"});
}

const std::vector<std::string> kRemarks = {"never decides about 'setns'", "'no_such_call'",
                                           "/process/capabilities/ambient", "CAP_WORLD_PEACE"};

bool says(const std::string& text, const std::string& words) { return contains(text, words); }

std::size_t count_of(const std::string& text, const std::string& words) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST_CASE_METHOD(Machine, "a call that does what was asked says nothing on standard error",
                 "[remarks][berth]") {
  Bundle bundle = remarkable(*this);
  Container box(*this, bundle);
  for (const Outcome& outcome :
       {box.try_create(), box.call("start"), box.call("state"), box.call("kill", {"KILL"})}) {
    CHECK_THAT(outcome, Succeeds());
    CHECK(outcome.err.empty());
  }
  box.wait_until_stopped();
  const Outcome removed = box.call("delete");
  CHECK_THAT(removed, Succeeds());
  CHECK(removed.err.empty());
  const Outcome ran = run(bundle.args({"true"}));
  CHECK_THAT(ran, Succeeds());
  CHECK(ran.err.empty());
}

TEST_CASE_METHOD(Machine,
                 "PR-CAP-2 SC-3: remarks are made when asked for, and by plan and validate",
                 "[remarks][berth]") {
  Bundle bundle = remarkable(*this).args({"true"});
  const auto ran = [&](const std::vector<std::string>& flags) {
    std::vector<std::string> args = flags;
    args.insert(args.end(), {"run", "--bundle", bundle.directory(), runtime().new_id()});
    return call(args);
  };
  const Outcome warned = ran({"--log-level", "warning"});
  const Outcome debugged = ran({"--debug"});
  const Outcome planned = call({"plan", "--bundle", bundle.directory()});
  const Outcome validated = call({"validate", "--bundle", bundle.directory()});
  for (const std::string& words : kRemarks) {
    CAPTURE(words);
    CHECK(says(warned.err, words));
    CHECK(says(debugged.err, words));
    CHECK(says(planned.err, words));
    CHECK(says(validated.out, words));
  }
  CHECK(says(ran({"--log-level", "info"}).err, kRemarks[0]));
  CHECK(ran({"--log-level", "error"}).err.empty());
  CHECK(count_of(validated.out, "/process/capabilities/ambient: ") == 1);
}

TEST_CASE_METHOD(Machine, "the log level decides what the log holds", "[remarks][berth]") {
  Bundle bundle = remarkable(*this).args({"true"});
  const std::string file = place() + "/log";
  const auto ran = [&](const std::vector<std::string>& flags) {
    std::vector<std::string> args = {"--log", file, "--log-format", "json"};
    args.insert(args.end(), flags.begin(), flags.end());
    args.insert(args.end(), {"run", "--bundle", bundle.directory(), runtime().new_id()});
    CHECK(call(args).err.empty());
    return read_file(file);
  };
  CHECK(ran({}).empty());
  const std::string text = ran({"--log-level", "warning"});
  for (const std::string& words : kRemarks) CHECK(says(text, words));
  CHECK(count_of(text, R"("level":"warning")") == lines_of(text).size());
}

TEST_CASE_METHOD(Machine,
                 "RT-LC-10: a failure that does not stop the verb is reported at any log level",
                 "[remarks][berth]") {
  Bundle bundle = new_bundle().args({"true"}).set(
      "/hooks", R"({"poststop": [{"path": "/bin/sh", "args": ["sh", "-c", "exit 3"]}]})");
  const Outcome outcome =
      call({"--log-level", "error", "run", "--bundle", bundle.directory(), runtime().new_id()});
  CHECK_THAT(outcome, Warns({"warning", "/hooks/poststop/0", "3"}));
}

}  // namespace
}  // namespace berth::test
