// --cgroup-manager disabled: the container stays in the cgroups of its caller (podman
// --cgroups=disabled).
#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

/// Without device rules, about which there would be a warning.
Bundle without_resources(Machine& machine, const std::string& script) {
  Bundle bundle = machine.new_bundle();
  bundle.script(script).erase("/linux/resources");
  return bundle;
}

Outcome without_cgroups(Machine& machine, std::vector<std::string> args) {
  args.insert(args.begin(), {"--cgroup-manager", "disabled"});
  return machine.call(args);
}

TEST_CASE_METHOD(Machine,
                 "with --cgroup-manager disabled a container stays in its caller's cgroups",
                 "[cgroups][berth]") {
  Bundle bundle = without_resources(*this, "cat /proc/self/cgroup");
  bundle.drop_namespace("cgroup");
  const std::string id = runtime().new_id();
  const Outcome outcome = without_cgroups(*this, {"run", "--bundle", bundle.directory(), id});
  CHECK_THAT(outcome, Prints(read_file("/proc/self/cgroup")));
  CHECK(outcome.err.empty());
}

TEST_CASE_METHOD(Machine, "a container without a cgroup is created, started, killed and deleted",
                 "[cgroups][kill][berth]") {
  const Bundle bundle = without_resources(*this, "sleep 1000 & exec sleep 1000");
  Container box(*this, bundle);
  REQUIRE_THAT(without_cgroups(*this, {"create", "--bundle", bundle.directory(), box.id()}),
               Succeeds());
  box.adopt();
  box.start();
  CHECK(box.status() == "running");
  const std::string file = "/proc/" + std::to_string(box.pid()) + "/cgroup";
  CHECK(read_file(file) == read_file("/proc/self/cgroup"));
  CHECK_THAT(box.call("kill", {"--all", "KILL"}), Succeeds());
  box.wait_until_stopped();
  CHECK(box.status() == "stopped");
  CHECK_THAT(box.call("delete"), Succeeds());
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "without a cgroup kill --all signals the first process, and says so",
                 "[cgroups][kill][berth]") {
  const Bundle bundle = without_resources(*this, "exec sleep 1000");
  Container box(*this, bundle);
  REQUIRE_THAT(without_cgroups(*this, {"create", "--bundle", bundle.directory(), box.id()}),
               Succeeds());
  box.adopt();
  box.start();
  CHECK_THAT(box.call("kill", {"--all", "0"}), Warns({"no cgroup", "only the first one"}));
  box.kill("KILL");
  box.wait_until_stopped();
  CHECK_THAT(box.call("kill", {"--all", "KILL"}), Fails({"container not running"}));
}

TEST_CASE_METHOD(Machine, "delete --force of a container without a cgroup leaves nothing",
                 "[cgroups][berth]") {
  const Bundle bundle = without_resources(*this, "exec sleep 1000");
  Container box(*this, bundle);
  REQUIRE_THAT(without_cgroups(*this, {"create", "--bundle", bundle.directory(), box.id()}),
               Succeeds());
  box.adopt();
  box.start();
  CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Machine, "limits are refused by their names where no cgroup may be made",
                 "[cgroups][berth]") {
  Bundle bundle = without_resources(*this, "true");
  bundle.set("/linux/resources", R"({"pids": {"limit": 64}})");
  const std::string id = runtime().new_id();
  CHECK_THAT(without_cgroups(*this, {"run", "--bundle", bundle.directory(), id}),
             Fails({"/linux/resources/pids/limit", "--cgroup-manager disabled"}));
}

}  // namespace
}  // namespace berth::test
