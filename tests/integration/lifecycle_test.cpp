// create, start, kill, delete: the states of a container and what each verb refuses.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

constexpr const char* kForever = "echo ready; exec sleep 1000";

TEST_CASE_METHOD(Machine,
                 "a container is created, running, stopped, and then gone (RT-OP-1 RT-SCOPE-1 "
                 "RT-ST-3 RT-ST-9 RT-LC-1 RT-LC-7 RT-LC-9 RT-CREATE-3 RT-DEL-3)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle().script(kForever);
  Container box(*this, bundle);
  box.create();
  CHECK(box.status() == "created");
  CHECK(box.output().empty());  // the program has not run
  box.start();
  box.wait_for_output("ready");
  CHECK(box.status() == "running");
  box.kill("KILL");
  box.wait_until_stopped();
  CHECK(box.status() == "stopped");
  box.remove();
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "an id can be used again after delete (RT-DEL-5)", "[lifecycle]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  for (int round = 0; round < 2; ++round) {
    box.create_and_start();
    box.wait_until_stopped();
    box.remove();
  }
}

TEST_CASE_METHOD(Machine, "an id that is in use is refused, its container unharmed (RT-CREATE-2)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  const std::string before = box.state();
  CHECK_THAT(call({"create", "--bundle", bundle.directory(), box.id()}), Fails({"already exists"}));
  CHECK(box.state() == before);
}

TEST_CASE_METHOD(Machine, "two state roots do not see each other's containers", "[lifecycle]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  const Runtime other(place() + "/other-state");
  CHECK_THAT(other.call({"state", box.id()}), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "verbs refuse a container that does not exist (RT-STATE-2 RT-DEL-1)",
                 "[lifecycle]") {
  for (const char* verb : {"state", "start", "kill", "delete"}) {
    INFO(verb);
    CHECK_THAT(call({verb, "nobody"}), Fails({"does not exist"}));
  }
}

TEST_CASE_METHOD(Machine,
                 "verbs require an id (RT-STATE-1 RT-CREATE-1 RT-START-1 RT-KILL-1 RT-DEL-1)",
                 "[lifecycle]") {
  for (const char* verb : {"state", "create", "start", "kill", "delete", "run"}) {
    INFO(verb);
    CHECK(call({verb}).status != 0);
    CHECK(call({verb, ""}).status != 0);
  }
}

TEST_CASE_METHOD(Machine, "ids that could be paths are refused, nothing is made (RT-CREATE-2)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle();
  for (const char* id : {".", "..", "a/b", "../up", "/abs", "a b", "a\nb", "a\\b", "$x"}) {
    INFO(id);
    CHECK_THAT(call({"create", "--bundle", bundle.directory(), id}), Fails({"id"}));
  }
  CHECK(names_in(runtime().state_root()).empty());
}

// runc takes a leading dot, and tries to make a directory of 256 characters.
TEST_CASE_METHOD(Machine, "ids are at most 255 characters and have no leading dot (RT-CREATE-2)",
                 "[lifecycle][berth]") {
  Bundle bundle = new_bundle();
  for (const std::string& id : {std::string(".hidden"), std::string(256, 'a')}) {
    INFO(id);
    CHECK_THAT(call({"create", "--bundle", bundle.directory(), id}), Fails({"id"}));
  }
  const std::string longest = Runtime::tag() + std::string(255 - Runtime::tag().size(), 'a');
  CHECK_THAT(call({"run", "--bundle", bundle.directory(), longest}), Succeeds());
}

TEST_CASE_METHOD(Machine, "start requires a created container (RT-START-2)", "[lifecycle]") {
  Bundle bundle = new_bundle().script(kForever);
  Container box(*this, bundle);
  box.create_and_start();
  const pid_t pid = box.pid();
  CHECK_THAT(box.call("start"), Fails());
  CHECK(box.status() == "running");
  CHECK(box.pid() == pid);
  box.stop();
  CHECK_THAT(box.call("start"), Fails());
  CHECK(box.status() == "stopped");
}

TEST_CASE_METHOD(Machine, "delete of a running container is refused (RT-DEL-2)", "[lifecycle]") {
  Bundle bundle = new_bundle().script(kForever);
  Container box(*this, bundle);
  box.create_and_start();
  CHECK_THAT(box.call("delete"), Fails());
  CHECK(box.status() == "running");
}

TEST_CASE_METHOD(Machine, "delete of a created container ends it: engines need that (RT-DEL-2)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  box.remove();
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(
    Machine, "delete --force ends a running container, and a second one is not an error (SR-37)",
    "[lifecycle]") {
  Bundle bundle = new_bundle().script(kForever);
  Container box(*this, bundle);
  box.create_and_start();
  CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  CHECK_THAT(box.call("delete", {"-f"}), Succeeds());
  CHECK_THAT(call({"delete", "--force", "nobody"}), Succeeds());
}

TEST_CASE_METHOD(Machine, "config.json may change after create, the container does not (RT-LC-2)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle().script("echo before");
  Container box(*this, bundle);
  box.create();
  bundle.script("echo after");
  box.start();
  box.wait_until_stopped();
  CHECK(box.output() == "before\n");
}

// runc refuses create already.
TEST_CASE_METHOD(Machine, "create works without a process, start does not (RT-START-4 PR-REQ-1)",
                 "[lifecycle][berth]") {
  Bundle bundle = new_bundle().erase("/process");
  Container box(*this, bundle);
  box.create();
  CHECK(box.status() == "created");
  CHECK_THAT(box.call("start"), Fails({"process"}));
  CHECK(box.status() == "created");
}

TEST_CASE_METHOD(Machine, "the pid file has the pid in digits and nothing else", "[lifecycle]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  const std::string file = place() + "/pid";
  box.create({"--pid-file", file});
  CHECK(read_file(file) == std::to_string(box.pid()));
}

TEST_CASE_METHOD(Machine,
                 "a create that fails leaves no container and no pid file (RT-ERR-1 SR-38)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle().add_mount("bind", place() + "/missing", "/data", {"bind"});
  Container box(*this, bundle);
  const std::string file = place() + "/pid";
  CHECK_THAT(box.try_create({"--pid-file", file}), Fails());
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  CHECK_FALSE(read_file_if_exists(file));
}

TEST_CASE_METHOD(Machine, "the bundle is the working directory unless --bundle says another (BN-1)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle().script("echo here");
  Command command = runtime().command({"run", runtime().new_id()});
  command.prepare = [&] { std::filesystem::current_path(bundle.directory()); };
  CHECK_THAT(run_command(command), Prints("here\n"));
}

TEST_CASE_METHOD(Machine, "root.path is relative to the bundle or absolute (CF-ROOT-2 BN-2)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle().set("/root/path", json::quote(place() + "/bundle1/rootfs"));
  CHECK_THAT(run(bundle, "echo absolute"), Prints("absolute\n"));
  bundle.set("/root/path", R"("./../bundle1/rootfs")");
  CHECK_THAT(run(bundle, "echo relative"), Prints("relative\n"));
}

TEST_CASE_METHOD(Machine, "a bundle is what is in its directory, wherever that is (BN-3)",
                 "[lifecycle]") {
  Bundle bundle = new_bundle().script("echo moved");
  const std::string elsewhere = place() + "/by another name";
  std::filesystem::rename(bundle.directory(), elsewhere);
  CHECK_THAT(call({"run", "--bundle", elsewhere, runtime().new_id()}), Prints("moved\n"));
}

}  // namespace
}  // namespace berth::test
