// What a create records before it does it, and what it undoes when it does not get to its end.
#include "runtime/container/ledger.h"

#include <filesystem>

#include "runtime/linux/files/file.h"
#include "runtime/linux/process/process.h"
#include "spec/error.h"
#include "tests/unit/cgroup_fixture.h"

namespace berth::container {
namespace {

namespace fs = std::filesystem;

class Creation {
 public:
  Creation() : dir_(store::StateDir::make(root(), "web1")) {
    plan_.cgroup.directories = {group_.plan_for("web1")};
  }

  std::string root() const { return place_ / "berth"; }
  store::StateDir& dir() { return dir_; }
  const cgroup::FakeCgroups& group() const { return group_; }
  Context& context() { return context_; }

  Ledger ledger(store::Record record = blank()) {
    return Ledger(context_, dir_, std::move(record), plan_);
  }
  store::Record on_disk() const {
    return store::StateDir::open(root(), "web1").read().value_or(store::Record{});
  }

  static store::Record blank() {
    store::Record record;
    record.id = "web1";
    record.bundle = "/bundle";
    return record;
  }

 private:
  TemporaryDirectory place_;
  cgroup::FakeCgroups group_;
  plan::Plan plan_;
  Context context_;
  store::StateDir dir_;
};

TEST_CASE("a cgroup is recorded before it is made, and claimed only once it is (SR-32)") {
  Creation creation;
  Ledger ledger = creation.ledger();
  ledger.record_intent();
  REQUIRE(creation.on_disk().cgroups.size() == 1);
  CHECK(creation.on_disk().cgroups[0].directory == creation.group().at("web1"));
  CHECK(creation.on_disk().creator.pid == ::getpid());
  ledger.claim_cgroups();
  CHECK_FALSE(creation.on_disk().cgroups[0].is_claimed);
  ledger.cgroups().make(0);
  CHECK_FALSE(creation.on_disk().cgroups[0].is_claimed);
  ledger.claim_cgroups();
  CHECK(creation.on_disk().cgroups[0].is_claimed);
}

TEST_CASE("a creation that ends before its commit leaves nothing, whatever has ended it (SR-38)") {
  Creation creation;
  try {
    Ledger ledger = creation.ledger();
    ledger.record_intent();
    ledger.cgroups().make(0);
    throw std::bad_alloc();
  } catch (const std::bad_alloc&) {
  }
  CHECK_FALSE(creation.group().has("web1"));
  CHECK_FALSE(fs::exists(creation.root() + "/web1"));
  CHECK(creation.context().failures.empty());
}

TEST_CASE("a stranger's cgroup that was only going to be made stays (SR-38 SR-39)") {
  Creation creation;
  {
    Ledger ledger = creation.ledger();
    ledger.record_intent();
    (void)creation.group().make("web1");
  }
  CHECK(creation.group().has("web1"));
  CHECK_FALSE(fs::exists(creation.root() + "/web1"));
}

TEST_CASE("what cannot be undone is reported, and stays recorded (SR-37 SR-38)") {
  Creation creation;
  {
    Ledger ledger = creation.ledger();
    ledger.record_intent();
    ledger.cgroups().make(0);
    fs::create_directory(creation.root() + "/web1/stays");
  }
  REQUIRE(creation.context().failures.size() == 1);
  CHECK_THAT(creation.context().failures[0], Catch::Contains("delete --force"));
  CHECK(creation.on_disk().id == "web1");
}

TEST_CASE("the intent is recorded once, however often it is asked for") {
  Creation creation;
  Ledger ledger = creation.ledger();
  ledger.record_intent();
  ledger.cgroups().make(0);
  ledger.claim_cgroups();
  ledger.record_intent();
  CHECK(creation.on_disk().cgroups[0].is_claimed);
}

TEST_CASE("poststop hooks undo hooks of create that may have begun, and nothing else (RT-LC-9)") {
  const bool has_hooks = GENERATE(false, true), have_begun = GENERATE(false, true);
  CAPTURE(has_hooks, have_begun);
  Creation creation;
  const std::string file = creation.group().at("undone");
  store::Record record = Creation::blank();
  record.runs_create_hooks = has_hooks;
  spec::Hook hook;
  hook.path = "/bin/sh";
  hook.args = {"sh", "-c", "> " + file};
  record.hooks.poststop = {hook};
  {
    Ledger ledger = creation.ledger(record);
    ledger.record_intent();
    if (have_begun) ledger.begin_hooks();
  }
  CHECK(fs::exists(file) == (has_hooks && have_begun));
}

TEST_CASE("another process than the one that berth looked at is complete as itself") {
  Creation creation;
  cgroup::Bystander setup, fork;
  Ledger ledger = creation.ledger();
  ledger.record_intent();
  ledger.look_at_child(setup.pid());
  ledger.complete(fork.pid(), "");
  CHECK(creation.on_disk().init.pid == fork.pid());
  CHECK(creation.on_disk().init.start_time == sys::read_process_stat(fork.pid())->start_time);
}

TEST_CASE("a container is not complete if its first process ended before berth looked at it") {
  Creation creation;
  cgroup::Bystander child;
  Ledger ledger = creation.ledger();
  ledger.record_intent();
  const pid_t pid = child.pid();
  (void)child.end();
  ledger.look_at_child(pid);
  CHECK_THROWS_AS(ledger.complete(pid, ""), Error);
  CHECK_FALSE(creation.on_disk().complete);
}

TEST_CASE("a creation that is committed stays") {
  Creation creation;
  {
    Ledger ledger = creation.ledger();
    ledger.record_intent();
    ledger.cgroups().make(0);
    ledger.complete(::getpid(), "");
    CHECK(ledger.commit().complete);
  }
  CHECK(creation.on_disk().complete);
  CHECK(creation.on_disk().init.pid == ::getpid());
  CHECK(creation.group().has("web1"));
}

TEST_CASE("the pid file of a creation that fails goes with it") {
  Creation creation;
  const std::string file = creation.group().at("pid");
  {
    Ledger ledger = creation.ledger();
    ledger.record_intent();
    const pid_t child = ::fork();
    if (child == 0) {
      (void)::pause();
      ::_exit(0);
    }
    ledger.look_at_child(child);
    ledger.complete(child, file);
    CHECK(sys::read_file(file) == std::to_string(child));
  }
  CHECK_FALSE(fs::exists(file));
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

}  // namespace
}  // namespace berth::container
