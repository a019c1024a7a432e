// How scopes of systemd end, and what is left of them: nothing.
// A machine for these tests: ./dev test vm '[systemd]'.
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/systemd.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Systemd, "DL-11: a scope that another container has under the name is left alone",
                 "[systemd][delete][kill][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  bundle.set("/linux/cgroupsPath", "\":p:" + Runtime::tag() + "twice\"");
  bundle.script("true");
  Container first(*this, bundle);
  create(bundle, first);
  first.start();
  REQUIRE(eventually([] { return units().empty(); }));
  bundle.script("exec sleep 1000");
  Container second(*this, bundle);
  create(bundle, second);
  second.start();
  (void)call({"kill", "--all", first.id(), "KILL"});
  CHECK(second.status() == "running");
  CHECK_THAT(call({"delete", "--force", first.id()}), Succeeds());
  CHECK(second.status() == "running");
  CHECK(property("p-" + Runtime::tag() + "twice.scope", "SubState") == "running");
}

TEST_CASE_METHOD(Systemd, "DL-11: delete works without a message bus, and says what it left undone",
                 "[systemd][delete][errors][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  Container box(*this, with_limits(bundle));
  create(bundle, box);
  box.start();
  Command command = runtime().command({"delete", "--force", box.id()});
  command.prepare = [] { setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1); };
  const Outcome outcome = run_command(command);
  CHECK_THAT(outcome, Succeeds());
  CHECK(outcome.err.find("message bus") != std::string::npos);
  CHECK_THAT(call({"state", box.id()}), Fails({"does not exist"}));
  CHECK(eventually([] { return units().empty(); }));
}

TEST_CASE_METHOD(Systemd, "DL-11: nothing is left of a paused container's scope",
                 "[systemd][pause][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  create(bundle, box);
  box.start();
  CHECK_THAT(box.call("pause"), Succeeds());
  CHECK_THAT(call({"delete", "--force", box.id()}), Succeeds());
  CHECK(units().empty());
}

TEST_CASE_METHOD(Systemd, "V2-21: a container that has ended can be made again at once",
                 "[systemd][run][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().script("true");
  const std::string id = runtime().new_id();
  for (int i = 0; i < 5; ++i) {
    CHECK_THAT(call({kFlag, "run", "--bundle", bundle.directory(), id}), Succeeds());
    CHECK(units().empty());
  }
}

TEST_CASE_METHOD(Systemd, "V2-21: a unit of another is not taken over, and not stopped",
                 "[systemd][errors][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().script("exec sleep 1000");
  const std::string id = runtime().new_id();
  Child other(
      {.argv = {"systemd-run", "--scope", "--quiet", "--unit", unit_of(id), "sleep", "1000"}});
  REQUIRE(eventually([&] { return units().find("running") != std::string::npos; }));
  CHECK_THAT(run_command(create_command(bundle, id)), Fails({unit_of(id), "already"}));
  CHECK_THAT(call({"state", id}), Fails({"does not exist"}));
  CHECK(property(unit_of(id), "SubState") == "running");
  other.signal(SIGKILL);
  other.wait();
  CHECK(eventually([] { return units().empty(); }));
}

TEST_CASE_METHOD(Systemd, "RT-ERR-1: create may be killed at any moment, and no unit is left",
                 "[systemd][crash][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  with_limits(bundle);
  constexpr int kMoments = 24;
  for (int i = 0; i < kMoments; ++i) {
    const std::string id = runtime().new_id();
    {
      Child child(create_command(bundle, id));
      if (!child.exits_within(std::chrono::milliseconds(i * 8))) child.signal(SIGKILL);
      child.wait();
    }
    CHECK_THAT(call({"delete", "--force", id}), Succeeds());
    // systemd may be about to start what it was asked for before berth ended.
    CHECK(eventually([] { return units().empty(); }));
  }
}

TEST_CASE_METHOD(Systemd, "V2-21: a hundred creates at once, and no unit is left",
                 "[systemd][races][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().script("exec sleep 1000");
  std::vector<std::string> ids;
  {
    std::vector<std::unique_ptr<Child>> creates;
    for (int i = 0; i < 100; ++i) {
      ids.push_back(runtime().new_id());
      creates.push_back(std::make_unique<Child>(create_command(bundle, ids.back())));
    }
    for (const auto& create : creates) {
      CHECK_THAT(create->wait(Deadline(std::chrono::minutes(2))), Succeeds());
    }
  }
  std::vector<std::unique_ptr<Child>> deletes;
  deletes.reserve(ids.size());
  for (const std::string& id : ids) {
    deletes.push_back(std::make_unique<Child>(runtime().command({"delete", "--force", id})));
  }
  for (const auto& one : deletes) {
    CHECK_THAT(one->wait(Deadline(std::chrono::minutes(2))), Succeeds());
  }
  CHECK(units().empty());
}

TEST_CASE_METHOD(Machine, "without systemd the flag is refused by its name",
                 "[systemd][errors][berth]") {
  if (has_systemd()) return skip("systemd runs here");
  Bundle bundle = new_bundle();
  CHECK_THAT(call({kFlag, "create", "--bundle", bundle.directory(), runtime().new_id()}),
             Fails({kFlag, "/run/systemd/system", "--cgroup-manager cgroupfs"}));
  CHECK_THAT(call({"--cgroup-manager", "systemd", "plan", "--bundle", bundle.directory()}),
             Fails({"--cgroup-manager:", "/run/systemd/system"}));
}

}  // namespace
}  // namespace berth::test
