// The words of errors about flags and values: each names the flag, what was found, what is allowed.
#include <sched.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Machine, "berth alone prints its usage and exits with 0", "[words][berth]") {
  const Outcome outcome = run_command({.argv = {Runtime::program()}});
  REQUIRE_THAT(outcome, Succeeds());
  CHECK(contains(outcome.out, "usage: berth"));
  CHECK(contains(outcome.out, "create"));
  CHECK(outcome.err.empty());
}

TEST_CASE_METHOD(Machine, "a pid file that cannot be written is an error at --pid-file",
                 "[words][berth]") {
  Bundle bundle = new_bundle();
  const std::vector<std::pair<std::string, std::string>> rows{
      {place() + "/missing/pid", place() + "/missing': no such file or directory"},
      {place(), place() + "': is a directory"},
      {bundle.in_image("/bin/sh/pid"), bundle.in_image("/bin/sh") + "': not a directory"},
  };
  for (const auto& [file, words] : rows) {
    Container box(*this, bundle);
    CHECK_THAT(box.try_create({"--pid-file", file}), Fails({": --pid-file: ", words}));
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
}

TEST_CASE_METHOD(Machine, "a log that cannot be written is an error at --log", "[words][berth]") {
  for (const std::string& file : {place() + "/missing/log", place()}) {
    CHECK_THAT(call({"--log", file, "list"}), Fails({": --log: ", file}));
  }
}

TEST_CASE_METHOD(Machine, "validate takes a bundle as well as a file", "[words][validate][berth]") {
  Bundle bundle = new_bundle();
  const Outcome by_argument = call({"validate", bundle.directory()});
  CHECK_THAT(by_argument, Succeeds());
  CHECK(by_argument.out == call({"validate", "--bundle", bundle.directory()}).out);
  CHECK_THAT(call({"validate", place()}), Fails({place() + "/config.json"}));
  CHECK_THAT(call({"validate", "-b", place(), bundle.directory()}),
             Fails({"--bundle", bundle.directory()}));
}

TEST_CASE_METHOD(Machine, "a value that a cgroup file refuses is quoted once", "[words][berth]") {
  Bundle bundle = new_bundle().set("/linux/resources/cpu", R"({"quota": 1})");
  const Outcome outcome = run(bundle);
  // With cgroup v2 the period is part of the value.
  CHECK_THAT(outcome, Fails({"/linux/resources/cpu/quota: write '1"}));
  CHECK_THAT(outcome, Fails({"' to '/"}));
}

TEST_CASE_METHOD(Machine, "a filter that ends init in a pid namespace of others is named",
                 "[words][seccomp][berth]") {
  const Holder others(CLONE_NEWPID);
  Bundle bundle = new_bundle().drop_namespace("pid").add_namespace("pid", others.path("pid"));
  bundle.set("/process/noNewPrivileges", "false")
      .set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
              {"names": ["clone", "sendto"], "action": "SCMP_ACT_KILL_PROCESS"}]})");
  Container box(*this, bundle);
  CHECK_THAT(box.try_create(), Fails({"pid namespace that is joined", "clone"}));
}

}  // namespace
}  // namespace berth::test
