// What is written to freeze a container and to thaw it, and what is left after a failure.
#include "runtime/cgroup/freeze.h"

#include <csignal>
#include <functional>

#include "runtime/cgroup/destroy.h"
#include "spec/error.h"
#include "tests/unit/cgroup_fixture.h"

namespace berth::cgroup {
namespace {

TEST_CASE("a cgroup is frozen in v1 from FREEZING on, in v2 as its events say") {
  const auto [file, text, frozen] = GENERATE(table<std::string, std::string, bool>({
      {"freezer.state", "THAWED\n", false},
      {"freezer.state", "FREEZING\n", true},
      {"freezer.state", "FROZEN\n", true},
      {"cgroup.events", "populated 0\nfrozen 0\n", false},
      {"cgroup.events", "populated 0\nfrozen 1\n", true},
      {"nothing", "", false},
  }));
  const FakeCgroups group;
  group.write(file, text);
  CHECK(is_frozen(sys::open_dir(group.top())) == frozen);
}

/// A v2 cgroup with a process, and whether the kernel says that it is frozen.
struct Unified : FakeCgroups {
  explicit Unified(const std::string& frozen) {
    write("cgroup.freeze", "0\n");
    write("cgroup.events", "populated 1\nfrozen " + frozen + "\n");
  }
};

/// A v1 cgroup with a process.
struct Legacy : FakeCgroups {
  explicit Legacy(const std::string& state) {
    write("freezer.state", state + "\n");
    write("cgroup.procs", "1\n");
  }
};

std::string refusal_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST_CASE("a Record says which freezer is of cgroup v2, and one that does not is believed either") {
  const FakeCgroups group;
  for (const char* name : {"v1", "v2"}) group.make(name);
  store::Record record;
  record.freezers = {group.at("v1"), group.at("v2")};
  record.cgroups = {
      {.directory = group.at("v1"), .topmost = {}},
      {.directory = group.at("v2"), .topmost = {}, .is_unified = GENERATE(false, true)}};
  group.write("v1/freezer.state", "THAWED\n");
  group.write("v2/cgroup.events", "populated 1\nfrozen 0\n");
  CHECK_FALSE(find_frozen(record));
  group.write("v2/cgroup.events", "populated 1\nfrozen 1\n");
  CHECK(find_frozen(record) == group.at("v2"));
  group.write("v1/freezer.state", "FREEZING\n");
  CHECK(find_frozen(record) == group.at("v1"));
}

TEST_CASE("PS-01: where a container has a v2 cgroup, that one is frozen, whatever their order") {
  const Legacy v1("THAWED");
  const Unified v2("1");
  sys::SignalFd interrupt(freeze_signals());
  const bool is_v1_first = GENERATE(true, false);
  freeze(is_v1_first ? std::vector{v1.top(), v2.top()} : std::vector{v2.top(), v1.top()},
         interrupt);
  CHECK(v2.read("cgroup.freeze") == "1\n");
  CHECK(v1.read("freezer.state") == "THAWED\n");
}

TEST_CASE("PS-01: a container with a v1 cgroup alone is frozen there") {
  const Legacy v1("THAWED");
  sys::SignalFd interrupt(freeze_signals());
  freeze({v1.top()}, interrupt);
  CHECK(v1.read("freezer.state") == "FROZEN\n");
}

TEST_CASE("a container without a cgroup that can be frozen is an error that says so") {
  const FakeCgroups group;
  sys::SignalFd interrupt(freeze_signals());
  for (const auto& freezers : {std::vector<std::string>{}, {group.at("gone")}}) {
    CHECK_THAT(refusal_of([&] { freeze(freezers, interrupt); }),
               Catch::Contains("no cgroup that can be frozen"));
  }
}

TEST_CASE("a signal ends the wait for processes that do not freeze, and they are thawed") {
  const auto [signal, text] = GENERATE(table<int, std::string>({
      {SIGTERM, "interrupted by signal 15"},
      {SIGINT, "interrupted by signal 2"},
      {SIGALRM, "after 10 s a process is still in a system call"},
  }));
  const Unified v2("0");
  sys::SignalFd interrupt(freeze_signals());
  CHECK_FALSE(interrupt.has_arrived());
  REQUIRE(std::raise(signal) == 0);
  CHECK(interrupt.has_arrived());
  CHECK_THAT(refusal_of([&] { freeze({v2.top()}, interrupt); }), Catch::Contains(text));
  CHECK_FALSE(interrupt.has_arrived());
  CHECK(v2.read("cgroup.freeze") == "0\n");
}

TEST_CASE("an empty cgroup is not left frozen: the container's processes are elsewhere") {
  const Legacy v1("THAWED");
  v1.write("cgroup.procs", "");
  sys::SignalFd interrupt(freeze_signals());
  CHECK_THAT(refusal_of([&] { freeze({v1.top()}, interrupt); }),
             Catch::Contains("it has no processes"));
  CHECK(v1.read("freezer.state") == "THAWED\n");
}

TEST_CASE("a freeze that was killed before the processes were frozen is undone by a thaw") {
  const Unified v2("0");
  v2.write("cgroup.freeze", "1\n");
  CHECK(thaw({v2.top()}));
  CHECK(v2.read("cgroup.freeze") == "0\n");
  const Legacy v1("FROZEN");
  CHECK(thaw({v2.top(), v1.top()}));
  CHECK(v1.read("freezer.state") == "THAWED\n");
}

TEST_CASE("nothing is thawed that is not frozen") {
  const Unified v2("0");
  const Legacy v1("THAWED");
  CHECK_FALSE(thaw({v2.top(), v1.top(), v1.at("gone")}));
  CHECK_FALSE(thaw({}));
}

TEST_CASE("what a cgroup above keeps frozen is an error, not a success") {
  const Unified v2("1");  // and stays so
  CHECK_THAT(refusal_of([&] { (void)thaw({v2.top()}); }),
             Catch::Contains("cgroup '" + v2.top() + "' stays frozen"));
}

TEST_CASE("SR-39: a cgroup that was there before is not left frozen") {
  const Unified v2("1");
  const Legacy v1("FROZEN");
  v2.write("cgroup.freeze", "1\n");
  v2.write("cgroup.events", "populated 0\nfrozen 1\n");
  v1.write("cgroup.procs", "");
  destroy({{v2.top(), ""}, {v1.top(), ""}});
  CHECK(v2.read("cgroup.freeze") == "0\n");
  CHECK(v1.read("freezer.state") == "THAWED\n");
}

}  // namespace
}  // namespace berth::cgroup
