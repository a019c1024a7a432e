// Killed at any instruction: engines do that as a matter of routine. `delete --force` must then
// find everything there is to undo. BERTH_KILLS=N tries N moments for each verb.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

using std::chrono::microseconds;

int number_of_kills(int usual) {
  const char* asked = getenv("BERTH_KILLS");
  return asked != nullptr ? std::stoi(asked) : usual;
}

microseconds time_of(const Command& command) {
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE_THAT(run_command(command), Succeeds());
  return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begin);
}

/// Ends the program after the time, if it has not by itself.
void kill_after(const Command& command, microseconds time) {
  Child child(command);
  if (!child.exits_within(time)) child.signal(SIGKILL);
  child.wait();
}

class Killing {
 public:
  explicit Killing(Machine& machine) : machine_(machine), bundle_(machine.new_bundle()) {
    bundle_.script("exec sleep 1000").add_mount("tmpfs", "tmpfs", "/data", {});
    bundle_.set("/linux/resources/pids", R"({"limit": 10})");
  }

  Command verb(const std::string& verb, const std::string& id) {
    std::vector<std::string> args{verb};
    if (verb == "create" || verb == "run") {
      args.insert(args.end(), {"--bundle", bundle_.directory()});
    }
    if (verb == "delete") args.push_back("--force");
    args.push_back(id);
    return machine_.runtime().command(args);
  }

  /// Runs `before`, then kills `killed` at many moments of its life; each time all must be undone.
  void sweep(const std::vector<std::string>& before, const std::string& killed, int times) {
    const microseconds whole = measure(before, killed);
    std::minstd_rand random(1);  // the same moments each time, as far as moments can be
    std::uniform_int_distribution<microseconds::rep> moment(0, whole.count() * 5 / 4);
    for (int i = 0; i < times; ++i) {
      const std::string id = prepare(before);
      const microseconds time(moment(random));
      INFO(killed << " killed after " << time.count() << " of " << whole.count() << " us");
      kill_after(verb(killed, id), time);
      check_undone(id);
    }
  }

 private:
  std::string prepare(const std::vector<std::string>& before) {
    std::string id = machine_.runtime().new_id();
    for (const std::string& name : before) REQUIRE_THAT(run_command(verb(name, id)), Succeeds());
    return id;
  }

  microseconds measure(const std::vector<std::string>& before, const std::string& killed) {
    microseconds longest(0);
    for (int i = 0; i < 3; ++i) {
      const std::string id = prepare(before);
      longest = std::max(longest, time_of(verb(killed, id)));
      check_undone(id);
    }
    return longest;
  }

  void check_undone(const std::string& id) {
    CHECK_THAT(run_command(verb("delete", id)), Succeeds());
    CHECK(names_in(machine_.runtime().state_root()).empty());
    CHECK(take_census(id).cgroups.empty());
    CHECK(reap_descendants());
  }

  Machine& machine_;
  Bundle bundle_;
};

TEST_CASE_METHOD(Machine, "create may be killed at any moment (RT-ERR-1 SR-21 SR-32 SR-37)",
                 "[crash][berth]") {
  Killing(*this).sweep({}, "create", number_of_kills(40));
}

TEST_CASE_METHOD(Machine, "start may be killed at any moment (SR-37)", "[crash][berth]") {
  Killing(*this).sweep({"create"}, "start", number_of_kills(15));
}

TEST_CASE_METHOD(Machine, "delete may be killed at any moment (SR-37)", "[crash][berth]") {
  Killing(*this).sweep({"create", "start"}, "delete", number_of_kills(15));
}

TEST_CASE_METHOD(Machine, "a foreground run may be killed at any moment (SR-21 SR-37)",
                 "[crash][berth]") {
  Killing killing(*this);
  std::minstd_rand random(2);
  std::uniform_int_distribution<microseconds::rep> moment(0, 40000);
  for (int i = 0; i < number_of_kills(15); ++i) {
    const std::string id = runtime().new_id();
    kill_after(killing.verb("run", id), microseconds(moment(random)));
    CHECK_THAT(call({"delete", "--force", id}), Succeeds());
    CHECK(reap_descendants());
  }
}

TEST_CASE_METHOD(Machine,
                 "create killed in a hook: its id stays taken until delete, the hook ends "
                 "with it (SR-32)",
                 "[crash][berth]") {
  const std::string mark = place() + "/hook-runs";
  Bundle bundle = new_bundle();
  bundle.set("/hooks", R"({"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", "echo > )" +
                           mark + R"(; exec sleep 1000"]}]})");
  const std::string id = runtime().new_id();
  Child create(runtime().command({"create", "-b", bundle.directory(), id}));
  REQUIRE(eventually([&] { return read_file_if_exists(mark).has_value(); }));
  create.signal(SIGKILL);
  create.wait();
  CHECK(contains(call({"list", "-q"}).out, id));
  CHECK_THAT(call({"create", "-b", bundle.directory(), id}), Fails({"already exists"}));
  CHECK_THAT(call({"start", id}), Fails());
  CHECK_THAT(call({"delete", "--force", id}), Succeeds());
}

}  // namespace
}  // namespace berth::test
