// plan shows what create will do, --trace what it did: they must agree, and plan must do nothing.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Machine, "plan prints every step and changes nothing", "[plan][berth]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"size=1m"});
  const std::vector<std::string> image = names_in(bundle.in_image(""));
  const Outcome text = call({"plan", "--bundle", bundle.directory()});
  REQUIRE_THAT(text, Succeeds());
  CHECK(contains(text.out, "/mounts/6"));
  CHECK(names_in(bundle.in_image("")) == image);  // no /data
  CHECK(names_in(runtime().state_root()).empty());
  CHECK_THAT(call({"list", "-q"}), Prints(""));
}

TEST_CASE_METHOD(Machine, "plan without root is what create without root would do",
                 "[plan][berth]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(call_as_nobody({"plan", "--bundle", bundle.directory()}),
             Fails({"/linux/namespaces", "berth spec --rootless"}));
}

TEST_CASE_METHOD(Machine, "plan refuses what create would refuse", "[plan][berth]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("relative")");
  CHECK_THAT(call({"plan", "--bundle", bundle.directory()}), Fails({"/process/cwd"}));
}

TEST_CASE_METHOD(Machine, "plan as JSON has the steps of plan as text", "[plan][berth]") {
  const std::string bundle = new_bundle().directory();
  const Outcome text = call({"plan", "-b", bundle});
  const Outcome document = call({"plan", "--format", "json", "-b", bundle});
  REQUIRE_THAT(text, Succeeds());
  REQUIRE_THAT(document, Succeeds());
  CHECK(json::size_of(document.out, "") == lines_of(text.out).size());
  CHECK(json::get(document.out, "/0/step") == "0");
}

TEST_CASE_METHOD(Machine,
                 "the steps of a trace are those of the plan, and all of create's are there",
                 "[plan][berth]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"size=1m"});
  Container box(*this, bundle);
  const Outcome plan = call({"plan", "--format=json", "--bundle", bundle.directory(), box.id()});
  REQUIRE_THAT(plan, Succeeds());
  const std::string file = place() + "/trace.json";
  CHECK_THAT(call({"--trace", file, "create", "--bundle", bundle.directory(), box.id()}),
             Succeeds());
  const std::string trace = read_file(file);
  std::map<int, std::string> seen;  // step, operation
  for (std::size_t i = 0; i < json::size_of(trace, "/traceEvents"); ++i) {
    const std::string event = "/traceEvents/" + std::to_string(i);
    const auto step = json::find(trace, event + "/args/step");
    if (!step) continue;
    const std::string planned = "/" + *step;
    INFO("step " << *step);
    CHECK(json::get(trace, event + "/ph") == "X");
    CHECK(std::stod(json::get(trace, event + "/dur")) >= 0);
    CHECK(json::get(trace, event + "/args/origin") == json::get(plan.out, planned + "/origin"));
    seen[std::stoi(*step)] = json::get(trace, event + "/args/op");
    CHECK(seen[std::stoi(*step)] == json::get(plan.out, planned + "/op"));
  }
  // All but those that wait for start.
  for (std::size_t step = 0; step < json::size_of(plan.out, ""); ++step) {
    const std::string op = json::get(plan.out, "/" + std::to_string(step) + "/op");
    if (op == "wait_for_start") break;
    INFO(step << " " << op);
    CHECK(seen.count(static_cast<int>(step)) == 1);
  }
  CHECK_FALSE(seen.empty());
}

}  // namespace
}  // namespace berth::test
