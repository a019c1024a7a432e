// run: create, start, wait and delete in one; in the foreground, detached, kept.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Machine, "run exits with the code of the program", "[run]") {
  Bundle bundle = new_bundle();
  for (const int code : {0, 1, 42, 255}) {
    CHECK(run(bundle, "exit " + std::to_string(code)).status == code);
  }
}

TEST_CASE_METHOD(Machine, "run hands stdin, stdout and stderr to the program", "[run]") {
  Bundle bundle = new_bundle().script("cat; echo complaint >&2");
  write_file(place() + "/input", "typed\n");
  const sys::Fd input(open((place() + "/input").c_str(), O_RDONLY | O_CLOEXEC));
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [&] { pass_descriptor(input.get(), STDIN_FILENO); };
  const Outcome outcome = run_command(command);
  CHECK_THAT(outcome, Prints("typed\n"));
  CHECK(outcome.err == "complaint\n");
}

/// A foreground run whose program is at its work.
class Foreground {
 public:
  Foreground(Machine& machine, Bundle& bundle, const std::string& script)
      : box(machine, bundle.script(script)),
        child(machine.runtime().command({"run", "--bundle", bundle.directory(), box.id()})) {
    child.wait_for_output("ready");
  }
  Container box;
  Child child;
};

TEST_CASE_METHOD(Machine, "run exits with 128 + n when a signal ended the program", "[run]") {
  Bundle bundle = new_bundle();
  Foreground run(*this, bundle, "echo ready; exec sleep 1000");
  run.box.kill("KILL");
  CHECK(run.child.wait().status == 128 + SIGKILL);
  CHECK_THAT(run.box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "a signal that comes during a poststart hook is the program's",
                 "[run][hooks][berth]") {
  const std::string began = place() + "/began", go = place() + "/go";
  Bundle bundle = new_bundle();
  bundle.set("/hooks", R"({"poststart": [{"path": "/bin/sh", "args": ["sh", "-c",
      "touch )" + began + "; until [ -e " +
                           go + R"( ]; do :; done"]}]})");
  Foreground run(*this, bundle, "trap 'exit 7' USR1; echo ready; while :; do sleep 0.05; done");
  REQUIRE(eventually([&] { return access(began.c_str(), F_OK) == 0; }));
  run.child.signal(SIGUSR1);
  // The hook's wait has taken it.
  REQUIRE(eventually(
      [&] { return std::stoull(status_field(run.child.pid(), "ShdPnd"), nullptr, 16) == 0; }));
  write_file(go, "");
  CHECK(run.child.wait().status == 7);
}

TEST_CASE_METHOD(Machine, "run in the foreground passes signals on", "[run]") {
  Bundle bundle = new_bundle();
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) {
    const std::string name = std::to_string(number);
    bundle.set("/process/env/1", json::quote("NUMBER=" + name));
    Foreground run(*this, bundle, "trap 'exit $NUMBER' $NUMBER; echo ready; sleep 1000 & wait");
    run.child.signal(number);
    CHECK(run.child.wait().status == number);
  }
}

TEST_CASE_METHOD(Machine, "run gives the same id back after each end", "[run]") {
  Bundle bundle = new_bundle().script("echo once");
  const std::string id = runtime().new_id();
  for (int round = 0; round < 2; ++round) {
    CHECK_THAT(call({"run", "--bundle", bundle.directory(), id}), Prints("once\n"));
  }
}

TEST_CASE_METHOD(Machine, "run --detach returns when the program runs", "[run]") {
  Bundle bundle = new_bundle().script("echo ready; exec sleep 1000");
  for (const char* flag : {"--detach", "-d"}) {
    Container box(*this, bundle);
    CHECK_THAT(box.try_run({flag, "--pid-file", place() + "/pid"}), Succeeds());
    CHECK(box.status() == "running");
    box.wait_for_output("ready");
  }
}

// Not of runc 1.1.
TEST_CASE_METHOD(Machine, "run --keep leaves the stopped container", "[run][berth]") {
  Bundle bundle = new_bundle().script("exit 3");
  Container box(*this, bundle);
  CHECK(box.try_run({"--keep"}).status == 3);
  CHECK(box.status() == "stopped");
  box.remove();
}

TEST_CASE_METHOD(Machine, "run that cannot start its program leaves nothing (RT-ERR-1)", "[run]") {
  Bundle bundle = new_bundle().args({"/no/such/program"});
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"--detach"}}) {
    Container box(*this, bundle);
    CHECK_THAT(box.try_run(flags), Fails({"/no/such/program"}));
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
}

TEST_CASE_METHOD(Machine, "the orphans of a foreground run end with it", "[run]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(run(bundle, "sleep 1000 & echo first"), Prints("first\n"));
  bundle.drop_namespace("pid");
  CHECK_THAT(run(bundle, "sleep 1000 & echo second"), Prints("second\n"));
}

}  // namespace
}  // namespace berth::test
