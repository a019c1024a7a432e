// validate tells what create would refuse, and features what berth can do; neither changes
// anything.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Machine, "RT-CREATE-6: validate of a bundle that create takes",
                 "[validate][berth]") {
  Bundle bundle = new_bundle();
  const Outcome outcome = call({"validate", "--strict", "-b", bundle.directory()});
  REQUIRE_THAT(outcome, Succeeds());
  CHECK(outcome.out == "config.json: valid\n");
  const Outcome as_json = call({"validate", "--json", bundle.directory() + "/config.json"});
  REQUIRE_THAT(as_json, Succeeds());
  CHECK(as_json.out == "[]\n");
  CHECK(names_in(runtime().state_root()).empty());
}

TEST_CASE_METHOD(Machine, "RT-CREATE-6 VV-1: validate exits with 1, and lists what create refuses",
                 "[validate][berth]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("relative")").set("/hostnme", R"("x")");
  const Outcome outcome = call({"validate", "--json", "--bundle", bundle.directory()});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.empty());
  CHECK(json::size_of(outcome.out, "") == 2);
  CHECK(contains(outcome.out, R"("pointer": "/process/cwd")"));
  CHECK(contains(outcome.out, R"("requirement": "PR-CWD-1")"));
  CHECK(contains(outcome.out, R"("severity": "warning")"));
  CHECK(contains(call({"validate", "--bundle", bundle.directory()}).out,
                 "did you mean 'hostname'? [EX-1]"));
  Container box(*this, bundle);
  CHECK_THAT(call({"create", "--bundle", bundle.directory(), box.id()}), Fails({"/process/cwd"}));
}

TEST_CASE_METHOD(Machine, "EX-1: an unknown property is an error of validate --strict alone",
                 "[validate][berth]") {
  Bundle bundle = new_bundle().set("/hostnme", R"("x")");
  CHECK_THAT(call({"validate", "--bundle", bundle.directory()}), Succeeds());
  CHECK(call({"validate", "--strict", "--bundle", bundle.directory()}).status == 1);
}

TEST_CASE_METHOD(Machine, "validate --schema holds a config.json against a policy of the caller's",
                 "[validate][berth]") {
  Bundle bundle = new_bundle();
  const std::string policy = bundle.directory() + "/policy.json";
  write_file(policy, R"({"$ref": "parts.json#/process"})");
  write_file(bundle.directory() + "/parts.json", R"({"process": {"properties":
{"process": {"properties": {"cwd": {"pattern": "^/srv/?$"}}}}}})");
  const std::string file = bundle.directory() + "/config.json";
  CHECK_THAT(call({"validate", file}), Succeeds());
  const Outcome outcome = call({"validate", "--schema", policy, file});
  CHECK(outcome.status == 1);
  CHECK(contains(outcome.out, ": error: /process/cwd: schema: "));
  bundle.set("/process/cwd", R"("/srv")");
  CHECK_THAT(call({"validate", "--schema", policy, bundle.directory()}), Succeeds());
  CHECK_THAT(call({"validate", "--schema", policy + "x", file}), Fails({"policy.jsonx"}));
}

TEST_CASE_METHOD(Machine, "validate needs no root and no bundle but the file",
                 "[validate][berth]") {
  Bundle bundle = new_bundle();
  const Outcome outcome = call_as_nobody({"validate", bundle.directory() + "/config.json"});
  INFO(outcome.out << outcome.err);
  CHECK(contains(outcome.out, "config.json"));
  CHECK(outcome.err.empty());
}

TEST_CASE_METHOD(Machine, "FT-1 FT-2: features prints JSON and nothing on standard error",
                 "[features][berth]") {
  const Outcome outcome = call({"features"});
  REQUIRE_THAT(outcome, Succeeds());
  CHECK(outcome.err.empty());
  CHECK(json::get(outcome.out, "/ociVersionMin") == "1.0.0");
  CHECK(json::get(outcome.out, "/ociVersionMax") == "1.3.0");
  CHECK(json::get(outcome.out, "/linux/mountExtensions/idmap/enabled") == "true");
}

TEST_CASE_METHOD(Machine, "FT-1: features prints one document for every user",
                 "[features][berth]") {
  CHECK(call_as_nobody({"features"}).out == call({"features"}).out);
}

}  // namespace
}  // namespace berth::test
