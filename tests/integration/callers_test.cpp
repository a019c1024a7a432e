// What the callers of a runtime lean on beside its verbs: which stream has what, and who holds it.
#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

/// A word in each remark that berth has about this config.
void add_remarks(Bundle& bundle) {
  bundle.set("/process/capabilities/ambient", R"(["CAP_KILL"])")
      .set("/process/capabilities/inheritable", "[]")
      .set("/linux/seccomp",
           R"({"defaultAction": "SCMP_ACT_ALLOW",
               "syscalls": [{"names": ["no_such_call"], "action": "SCMP_ACT_LOG"}]})");
}

TEST_CASE_METHOD(Machine, "go-runc reads stdout and stderr of state as one JSON document",
                 "[state][berth]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  add_remarks(bundle);
  Container box(*this, bundle);
  const Outcome created = box.try_create();
  REQUIRE_THAT(created, Succeeds());
  box.adopt();
  CHECK(box.error_output().empty());
  CHECK(box.call("state").err.empty());
  CHECK(box.call("start").err.empty());
  CHECK(box.call("state").err.empty());
  CHECK(box.call("kill", {"KILL"}).err.empty());
  box.wait_until_stopped();
  CHECK(box.call("state").err.empty());
  CHECK(box.call("delete").err.empty());
}

TEST_CASE_METHOD(Machine, "CRI-O reads stdout and stderr of features and --version as one",
                 "[errors]") {
  for (const char* word : {"features", "--version"}) {
    const Outcome outcome = call({word});
    CHECK_THAT(outcome, Succeeds());
    CHECK(outcome.err.empty());
  }
}

// runc needs a systemd for it.
TEST_CASE_METHOD(Machine, "CRI-O's --systemd-cgroup means nothing to the verbs that make no cgroup",
                 "[errors][berth]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  box.create();
  CHECK_THAT(call({"--systemd-cgroup", "start", box.id()}), Succeeds());
  CHECK_THAT(call({"--systemd-cgroup", "state", box.id()}), Succeeds());
  CHECK_THAT(call({"--systemd-cgroup", "exec", box.id(), "echo", "hi"}), Prints("hi\n"));
  CHECK_THAT(call({"--systemd-cgroup", "kill", box.id(), "KILL"}), Succeeds());
  box.wait_until_stopped();
  CHECK_THAT(call({"--systemd-cgroup", "delete", "--force", box.id()}), Succeeds());
}

TEST_CASE_METHOD(Machine, "delete --force of an unknown container says nothing (CRI-O)",
                 "[lifecycle]") {
  const Outcome outcome = call({"delete", "--force", "nobody"});
  CHECK_THAT(outcome, Prints(""));
  CHECK(outcome.err.empty());
}

TEST_CASE_METHOD(Machine, "kill --all reaches what outlived the first process (containerd's shim)",
                 "[kill]") {
  Bundle bundle = new_bundle().drop_namespace("pid").script("sleep 1000 & echo $!");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_until_stopped();
  const sys::Fd left = open_pidfd(std::stoi(box.output()));
  const Outcome outcome = box.call("kill", {"--all", "9"});
  CHECK_THAT(outcome, Prints(""));
  CHECK(outcome.err.empty());
  wait_for_exit(left);
}

TEST_CASE_METHOD(Machine, "create with a terminal leaves nobody on its stdout and stderr (go-runc)",
                 "[terminal]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/process/terminal", "true");
  ConsoleSocket console(place() + "/console");
  Container box(*this, bundle);
  box.create({"--console-socket", place() + "/console"});
  const sys::Fd master = console.receive_master();
  CHECK(box.has_let_go());
  box.start();
  CHECK(box.has_let_go());
}

// A zero is what podman takes for "can do it".
TEST_CASE_METHOD(Machine, "the help of a verb that berth has not is an error", "[errors][berth]") {
  CHECK_THAT(call({"checkpoint", "--help"}), Fails({"'checkpoint' is not supported"}));
}

}  // namespace
}  // namespace berth::test
