// Several callers at once, and things that vanish between two verbs.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <memory>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

/// The same call from many at once; what came of each.
std::vector<Outcome> all_at_once(const Command& command, int callers) {
  const auto count = static_cast<std::size_t>(callers);
  std::vector<std::unique_ptr<Child>> children(count);
  for (auto& child : children) child = std::make_unique<Child>(command);
  std::vector<Outcome> outcomes(count);
  for (std::size_t i = 0; i < count; ++i) outcomes[i] = children[i]->wait();
  return outcomes;
}

/// One call has succeeded, and the others say this.
void check_one_winner(const std::vector<Outcome>& outcomes, const std::string& of_others) {
  int winners = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.status == 0) {
      ++winners;
    } else {
      CHECK_THAT(outcome, Fails({of_others}));
    }
  }
  CHECK(winners == 1);
}

TEST_CASE_METHOD(Machine, "exactly one of many creates gets the id (RT-CREATE-2 SR-31)",
                 "[races][berth]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  check_one_winner(
      all_at_once(runtime().command({"create", "-b", bundle.directory(), box.id()}), 6),
      "already exists");
  CHECK(box.status() == "created");
}

TEST_CASE_METHOD(Machine, "exactly one of many starts succeeds (RT-START-2 SR-36)",
                 "[races][berth]") {
  Bundle bundle = new_bundle().script("echo started; exec sleep 1000");
  Container box(*this, bundle);
  box.create();
  check_one_winner(all_at_once(runtime().command({"start", box.id()}), 6), box.id());
  box.wait_for_output("started\n");
  CHECK(box.output() == "started\n");
}

TEST_CASE_METHOD(Machine, "many may delete a container by force at once (SR-35 SR-37)",
                 "[races][berth]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  box.create_and_start();
  for (const Outcome& outcome :
       all_at_once(runtime().command({"delete", "--force", box.id()}), 6)) {
    CHECK_THAT(outcome, Succeeds());
  }
}

TEST_CASE_METHOD(Machine, "many containers can be made from one bundle at once", "[races]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  std::vector<std::unique_ptr<Container>> boxes;
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 6; ++i) {
    boxes.push_back(std::make_unique<Container>(*this, bundle));
    children.push_back(std::make_unique<Child>(
        runtime().command({"run", "-d", "-b", bundle.directory(), boxes.back()->id()})));
  }
  for (const auto& child : children) CHECK_THAT(child->wait(), Succeeds());
  for (const auto& box : boxes) CHECK(box->status() == "running");
}

TEST_CASE_METHOD(Machine, "a container lives on without its bundle, and can be deleted",
                 "[races]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  box.create();
  std::filesystem::remove(bundle.directory() + "/config.json");
  box.start();
  // The shell executes its last program from the bundle.
  REQUIRE(eventually([&] { return status_field(box.pid(), "Name") == "sleep"; }));
  std::filesystem::remove_all(bundle.directory());
  CHECK(box.status() == "running");
  box.stop();
  box.remove();
}

TEST_CASE_METHOD(Machine, "a container is stopped whether its zombie was reaped or not (RT-ST-3)",
                 "[races]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  box.create_and_start();
  const sys::Fd init = open_pidfd(box.pid());
  box.stop();
  CHECK(box.status() == "stopped");
  reap(init);
  CHECK(box.status() == "stopped");
  CHECK_THAT(box.call("kill", {"TERM"}), Fails({"container not running"}));
  box.remove();
}

TEST_CASE_METHOD(Machine, "a created container that was killed from outside is stopped",
                 "[races]") {
  Container box(*this, new_bundle());
  box.create();
  ::kill(box.pid(), SIGKILL);
  box.wait_until_stopped();
  CHECK(box.status() == "stopped");
  CHECK_THAT(box.call("start"), Fails());
  box.remove();
}

}  // namespace
}  // namespace berth::test
