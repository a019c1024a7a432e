// Commands and containers that stand still: nothing that does may keep a container from its end.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <memory>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

bool is_stopped(pid_t pid) { return status_field(pid, "State").starts_with("T"); }

/// Where the container can be frozen, and by which file.
class Freezer {
 public:
  explicit Freezer(pid_t pid) {
    const auto v1 = cgroup_directory(pid, "freezer");
    const auto v2 = unified_directory(pid);
    is_v1_ = v1 && !v1->unified;
    if (is_v1_ || v2) path_ = is_v1_ ? v1->path : v2->path;
  }

  const std::string& path() const { return path_; }  ///< empty: nowhere
  void freeze() const {
    write_value(path_ + (is_v1_ ? "/freezer.state" : "/cgroup.freeze"), is_v1_ ? "FROZEN" : "1");
  }
  void thaw() const {
    write_value(path_ + (is_v1_ ? "/freezer.state" : "/cgroup.freeze"), is_v1_ ? "THAWED" : "0");
  }

 private:
  bool is_v1_ = false;
  std::string path_;
};

TEST_CASE_METHOD(Machine,
                 "start refuses a frozen container by its cgroup, and starts it thawed (SR-36)",
                 "[still][berth]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  box.create();
  const Freezer freezer(box.pid());
  if (freezer.path().empty()) return skip("no freezer");
  freezer.freeze();
  CHECK_THAT(box.call("start"), Fails({"cgroup '" + freezer.path() + "' is frozen"}));
  CHECK(box.status() == "created");
  freezer.thaw();
  box.start();
  CHECK(box.status() == "running");
}

TEST_CASE_METHOD(Machine,
                 "a container that is frozen while it is started is deleted by force (SR-36 SR-37)",
                 "[still][berth]") {
  Bundle bundle = new_bundle();
  bundle.set("/hooks", R"({"startContainer": [{"path": "/bin/sh",
                           "args": ["sh", "-c", "echo hook >&2; exec sleep 1000"]}]})");
  Container box(*this, bundle);
  box.create();
  const Freezer freezer(box.pid());
  if (freezer.path().empty()) return skip("no freezer");
  Child start(runtime().command({"start", box.id()}));
  REQUIRE(
      eventually([&] { return lines_of(read_file(freezer.path() + "/cgroup.procs")).size() > 1; }));
  freezer.freeze();
  CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
  CHECK(start.wait().status != 0);
}

TEST_CASE_METHOD(Machine, "delete --force ends a create that was stopped (SR-37)",
                 "[still][berth]") {
  const std::string mark = place() + "/hook-runs";
  Bundle bundle = new_bundle();
  bundle.set("/hooks", R"({"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", "echo > )" +
                           mark + R"(; exec sleep 1000"]}]})");
  const std::string id = runtime().new_id();
  Child create(runtime().command({"create", "-b", bundle.directory(), id}));
  REQUIRE(eventually([&] { return read_file_if_exists(mark).has_value(); }));
  create.signal(SIGSTOP);
  REQUIRE(eventually([&] { return is_stopped(create.pid()); }));
  CHECK_THAT(call({"delete", "--force", id}), Succeeds());
  CHECK(create.wait().status == 128 + SIGKILL);
}

/// A poststart hook runs, so start has the lock; poststop, so delete has it.
std::string hooks_with_mark(const std::string& kind, const std::string& mark) {
  return R"({")" + kind + R"(": [{"path": "/bin/sh", "args": ["sh", "-c", "test -e )" + mark +
         R"( && exit; echo > )" + mark + R"(; exec sleep 1000"]}]})";
}

TEST_CASE_METHOD(Machine,
                 "delete --force ends a start that was stopped or whose hook hangs (SR-37)",
                 "[still][berth]") {
  for (const bool is_to_stop : {true, false}) {
    const std::string mark = place() + (is_to_stop ? "/stopped" : "/hangs");
    Bundle bundle = new_bundle().script("exec sleep 1000");
    bundle.set("/hooks", hooks_with_mark("poststart", mark));
    Container box(*this, bundle);
    box.create();
    Child start(runtime().command({"start", box.id()}));
    REQUIRE(eventually([&] { return read_file_if_exists(mark).has_value(); }));
    if (is_to_stop) start.signal(SIGSTOP);
    CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
    CHECK(start.wait().status == 128 + SIGKILL);
  }
}

TEST_CASE_METHOD(Machine,
                 "delete --force ends a delete that was stopped, and does its work (SR-37)",
                 "[still][berth]") {
  const std::string mark = place() + "/hook-runs";
  Bundle bundle = new_bundle();
  bundle.set("/hooks", hooks_with_mark("poststop", mark));
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_until_stopped();
  Child first(runtime().command({"delete", box.id()}));
  REQUIRE(eventually([&] { return read_file_if_exists(mark).has_value(); }));
  first.signal(SIGSTOP);
  REQUIRE(eventually([&] { return is_stopped(first.pid()); }));
  CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
  CHECK(first.wait().status == 128 + SIGKILL);
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "a command that waits for a lock says which process holds it (SR-35)",
                 "[still][berth]") {
  const std::string mark = place() + "/hook-runs";
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/hooks", hooks_with_mark("poststart", mark));
  Container box(*this, bundle);
  box.create();
  Child start(runtime().command({"start", box.id()}));
  REQUIRE(eventually([&] { return read_file_if_exists(mark).has_value(); }));
  CHECK_THAT(box.call("start"),
             Fails({"is busy: process " + std::to_string(start.pid()) + " has held its lock"}));
  CHECK_THAT(box.call("delete", {"--force"}), Succeeds());
  start.wait();
}

}  // namespace
}  // namespace berth::test
