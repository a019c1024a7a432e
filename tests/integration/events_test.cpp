// events: what a container uses, and what its limits do to it.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

constexpr char kMemory[] = R"({"limit": 20971520, "swap": 20971520})";

/// A program that waits for a line and then takes more memory than it may.
constexpr char kGreedy[] =
    "echo ready; read go < /go; exec dd if=/dev/zero of=/dev/null bs=128M count=1";

/// A container whose program waits for a line, and an `events` that follows it.
class Watched {
 public:
  /// The program says `ready`, and then reads the line from `/go`.
  Watched(Machine& machine, const Bundle& bundle)
      : go_(make_fifo(bundle)), box_(machine, bundle), events_(follow(machine, box_)) {
    events_.wait_for_output("\n");
  }

  void go() const { write_file(go_, "go\n"); }
  Container& box() { return box_; }
  Child& events() { return events_; }

 private:
  static std::string make_fifo(const Bundle& bundle) {
    std::string go = bundle.in_image("/go");
    REQUIRE(mkfifo(go.c_str(), 0600) == 0);
    return go;
  }
  static Command follow(Machine& machine, Container& box) {
    box.create_and_start();
    box.wait_for_output("ready");
    return machine.runtime().command({"events", "--interval", "1h", box.id()});
  }

  std::string go_;
  Container box_;
  Child events_;
};

std::string stats_of(Machine& machine, const Container& box, const std::string& pointer) {
  const Outcome outcome = machine.runtime().call({"events", "--stats", box.id()});
  CHECK_THAT(outcome, Succeeds());
  CHECK(lines_of(outcome.out).size() == 1);
  CHECK(json::get(outcome.out, "/type") == "stats");
  CHECK(json::get(outcome.out, "/id") == box.id());
  return json::get(outcome.out, "/data" + pointer);
}

TEST_CASE_METHOD(Machine, "events --stats prints the numbers of the container's cgroups once",
                 "[events][berth]") {
  // Some kernels count only whole ticks.
  Bundle bundle = new_bundle().script(
      "dd if=/dev/zero of=/dev/null bs=1M count=2000 2>/dev/null; echo ready; exec sleep 1000");
  if (cgroup_directory(0, "memory")) bundle.set("/linux/resources/memory", kMemory);
  if (cgroup_directory(0, "pids")) bundle.set("/linux/resources/pids", R"({"limit": 33})");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("ready");
  if (cgroup_directory(0, "memory")) {
    CHECK(stats_of(*this, box, "/memory/usage/limit") == "20971520");
    CHECK(std::stoull(stats_of(*this, box, "/memory/usage/usage")) > 0);
    CHECK(std::stoull(stats_of(*this, box, "/memory/usage/max")) > 0);
  }
  if (cgroup_directory(0, "pids")) {
    CHECK(stats_of(*this, box, "/pids/limit") == "33");
    CHECK(stats_of(*this, box, "/pids/current") == "1");
  }
  CHECK(std::stoull(stats_of(*this, box, "/cpu/usage/total")) > 0);
  CHECK_THAT(box.call("pause"), Succeeds());
  CHECK(std::stoull(stats_of(*this, box, "/cpu/usage/total")) > 0);
}

TEST_CASE_METHOD(Machine, "events goes on until the container ends", "[events][berth]") {
  Container box(*this, new_bundle().args({"sleep", "1000"}));
  box.create_and_start();
  Child events(runtime().command({"events", "--interval", "1ms", box.id()}));
  events.wait_for_output("\n{\"type\":\"stats\"");
  box.kill("KILL");
  box.wait_until_stopped();
  const Outcome outcome = events.wait();
  CHECK_THAT(outcome, Succeeds());
  for (const std::string& line : lines_of(outcome.out)) CHECK(json::get(line, "/type") == "stats");
}

TEST_CASE_METHOD(Machine, "a process that is killed for the memory limit is an event, and in state",
                 "[events][berth]") {
  if (!cgroup_directory(0, "memory")) return skip("no controller memory");
  Bundle bundle = new_bundle().set("/linux/resources/memory", kMemory).script(kGreedy);
  Watched watched(*this, bundle);
  watched.go();
  const Outcome outcome = watched.events().wait();
  CHECK_THAT(outcome, Succeeds());
  const auto lines = lines_of(outcome.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == "{\"type\":\"oom\",\"id\":\"" + watched.box().id() + "\"}");
  const std::string state = runtime().call({"state", watched.box().id()}).out;
  CHECK(json::get(state, "/limitEvents/memoryKills") == "1");
  CHECK(json::get(state, "/limitEvents/memoryLimit") == "20971520");
  CHECK(std::stoull(json::get(state, "/limitEvents/memoryPeak")) > 0);
}

TEST_CASE_METHOD(Machine, "a memory kill is reported at once if the container goes on",
                 "[events][berth]") {
  if (!cgroup_directory(0, "memory")) return skip("no controller memory");
  Bundle bundle = new_bundle().set("/linux/resources/memory", kMemory);
  bundle.script("echo ready; read go < /go; dd if=/dev/zero of=/dev/null bs=128M; exec sleep 1000");
  Watched watched(*this, bundle);
  watched.go();
  watched.events().wait_for_output("{\"type\":\"oom\",\"id\":\"" + watched.box().id() + "\"}");
  CHECK(watched.box().status() == "running");
}

TEST_CASE_METHOD(Machine, "forks that the limit of processes refuses are an event, and in state",
                 "[events][berth]") {
  if (!cgroup_directory(0, "pids")) return skip("no controller pids");
  Bundle bundle = new_bundle().set("/linux/resources/pids", R"({"limit": 1})");
  bundle.script("echo ready; read go < /go; ls / | cat; exit 3");
  Watched watched(*this, bundle);
  watched.go();
  const Outcome outcome = watched.events().wait();
  CHECK_THAT(outcome, Succeeds());
  CHECK(contains(outcome.out, "{\"type\":\"pids\",\"id\":\"" + watched.box().id() + "\"}"));
  const std::string state = runtime().call({"state", watched.box().id()}).out;
  CHECK(json::get(state, "/limitEvents/pidsLimit") == "1");
  CHECK(std::stoull(json::get(state, "/limitEvents/pidsRefused")) > 0);
}

TEST_CASE_METHOD(Machine, "run says that a limit of processes was in the way", "[events][berth]") {
  if (!cgroup_directory(0, "pids")) return skip("no controller pids");
  Bundle bundle = new_bundle().set("/linux/resources/pids", R"({"limit": 1})");
  const Outcome outcome = run(bundle, "ls / | cat; exit 3");
  CHECK(contains(outcome.err, "its limit of 1 processes refused"));
}

TEST_CASE_METHOD(Machine, "a container that ended within its limits has no word of them in state",
                 "[events][berth]") {
  Container box(*this, new_bundle().args({"true"}));
  box.create_and_start();
  box.wait_until_stopped();
  CHECK_FALSE(contains(runtime().call({"state", box.id()}).out, "limitEvents"));
  CHECK_THAT(runtime().call({"events", box.id()}), Fails({box.id(), "is not running"}));
  CHECK_THAT(runtime().call({"events", "--stats", box.id()}), Fails({"is not running"}));
}

TEST_CASE_METHOD(Machine, "events of a container without cgroups is an error", "[events][berth]") {
  const Bundle bundle = new_bundle().args({"sleep", "1000"});
  const std::string id = runtime().new_id();
  Child creator(runtime().command(
      {"--cgroup-manager", "disabled", "create", "--bundle", bundle.directory(), id}));
  REQUIRE_THAT(creator.wait(), Succeeds());
  CHECK_THAT(runtime().call({"events", "--stats", id}), Fails({"no cgroup of its own"}));
  CHECK_THAT(runtime().call({"delete", "--force", id}), Succeeds());
}

TEST_CASE_METHOD(Machine, "an interval that is none is an error at its flag", "[events][berth]") {
  for (const char* interval : {"", "0", "-1s", "3x", "s", "1e3s", "600h", "1.2.3s"}) {
    CAPTURE(interval);
    CHECK_THAT(runtime().call({"events", "--interval", interval, "web1"}), Fails({"--interval"}));
  }
}

}  // namespace
}  // namespace berth::test
