// Which process a container is: a pid alone is never enough.
#include "runtime/container/identity.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <memory>

#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/process/process.h"
#include "spec/error.h"
#include "tests/unit/other_process.h"
#include "tests/unit/temporary_directory.h"

namespace berth::container {
namespace {

class Fixture {
 public:
  Fixture() : dir_(store::StateDir::make(place_ / "berth", "web1")) { dir_.commit(); }

  store::StateDir& dir() { return dir_; }
  const store::StateDir& dir() const { return dir_; }
  /// In another process, for as long as that lives.
  void lock_for_ever() const {
    auto* const dir = new store::StateDir(store::StateDir::open(place_ / "berth", "web1"));
    dir->lock();
  }

  static store::Record record(const store::Process& init) {
    store::Record record;
    record.id = "web1";
    record.bundle = "/bundle";
    record.complete = true;
    record.init = init;
    return record;
  }

 private:
  TemporaryDirectory place_;
  store::StateDir dir_;
};

store::Process later(store::Process process) {
  ++process.start_time;
  return process;
}

TEST_CASE("a process with a recorded pid and another start time is a stranger (SR-34)") {
  const OtherProcess other([] {});
  const store::Process real = identify(other.pid());
  CHECK(open_process(real));
  CHECK_FALSE(open_process(later(real)));
  CHECK_FALSE(open_process({.pid = other.pid(), .start_time = 0}));
  CHECK_FALSE(open_process({}));
}

TEST_CASE(
    "a process is told by its number alone only where its Record ends with the kernel (SR-34)") {
  const OtherProcess other([] {});
  const store::Process real = identify(other.pid());
  const Fixture fixture;
  CHECK(is_alive(fixture.dir(), real));
  CHECK_FALSE(is_alive(fixture.dir(), {}));
  // After a reboot another process may have the pid and the number, but hardly the start time.
  const bool is_numbered = real.number != 0 && sys::is_in_memory(fixture.dir().dir());
  CHECK(is_alive(fixture.dir(), later(real)) == is_numbered);
  store::Process without_number = later(real);
  without_number.number = 0;
  CHECK_FALSE(is_alive(fixture.dir(), without_number));
  if (real.number == 0) return;
  store::Process other_number = real;
  ++other_number.number;
  CHECK_FALSE(is_alive(fixture.dir(), other_number));
}

TEST_CASE("a process that has ended is not there, reaped or not (SR-34)") {
  const pid_t pid = ::fork();
  if (pid == 0) {
    (void)::pause();
    ::_exit(0);
  }
  const store::Process process = identify(pid);
  (void)::kill(pid, SIGKILL);
  siginfo_t info = {};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(open_process(process));
  CHECK_THROWS_WITH(identify(pid), Catch::Contains("has ended"));
  REQUIRE(::waitpid(pid, nullptr, 0) == pid);
  CHECK_FALSE(open_process(process));
}

TEST_CASE("a container whose pid belongs to another process by now is stopped (RT-ST-3 SR-34)") {
  Fixture fixture;
  const OtherProcess other([] {});
  const store::Process real = identify(other.pid());
  CHECK(status_of(fixture.dir(), Fixture::record(real)) == Status::Running);
  CHECK(status_of(fixture.dir(), Fixture::record(later(real))) == Status::Stopped);
  CHECK_FALSE(state_document(Fixture::record(real), Status::Stopped).pid);
}

TEST_CASE(
    "the file of the first process decides whether it is init, and without it the name (RT-ST-3)") {
  Fixture fixture;
  const OtherProcess init([] { (void)::prctl(PR_SET_NAME, "berth-init"); });
  store::Record record = Fixture::record(identify(init.pid()));
  const auto file = sys::executable_of(init.pid());
  REQUIRE(file);
  record.program = {file->device, file->inode};
  CHECK(status_of(fixture.dir(), record) == Status::Running);  // a program that executes that file
  fixture.dir().unlock();
  OtherProcess starter([&] { fixture.lock_for_ever(); });
  CHECK(status_of(fixture.dir(), record) == Status::Created);
  record.program.inode += 1;
  CHECK(status_of(fixture.dir(), record) == Status::Running);  // a program that has taken the name
  // An older berth has not recorded the file.
  record.program = {};
  CHECK(status_of(fixture.dir(), record) == Status::Created);
  starter.end();
  CHECK(status_of(fixture.dir(), record) == Status::Running);  // it waits for no start
}

TEST_CASE("a first process with another name than init's runs a program (RT-ST-3)") {
  Fixture fixture;
  const OtherProcess other([] {});
  store::Record record = Fixture::record(identify(other.pid()));
  CHECK(status_of(fixture.dir(), record) == Status::Running);
}

TEST_CASE("a container is creating while its creator lives, and not longer (RT-ST-3)") {
  Fixture fixture;
  const OtherProcess other([] {});
  store::Record record = Fixture::record({});
  record.complete = false;
  record.creator = identify(other.pid());
  CHECK(status_of(fixture.dir(), record) == Status::Creating);
  record.creator = later(record.creator);
  CHECK(status_of(fixture.dir(), record) == Status::Stopped);
}

TEST_CASE("a container without a record is what its lock says (RT-ST-3)") {
  Fixture fixture;
  fixture.dir().unlock();
  CHECK(observe(fixture.dir()).value().status == Status::Stopped);
  fixture.dir().lock();
  CHECK(observe(fixture.dir()).value().status == Status::Creating);
  fixture.dir().remove();
  CHECK_FALSE(observe(fixture.dir()));
}

TEST_CASE("a program has begun when another file than init's runs, or another name is left") {
  const OtherProcess other([] {});
  store::Record record = Fixture::record(identify(other.pid()));
  record.program = {1, 1};
  CHECK(has_begun(record.init, record.program) == true);
  record.program = {};
  CHECK(has_begun(record.init, record.program) == true);  // by its name
  record.init = later(record.init);
  CHECK_FALSE(has_begun(record.init, record.program));  // it was reaped: nobody knows
  record.program = {1, 1};
  CHECK_FALSE(has_begun(record.init, record.program));  // and so whatever file a stranger executes
}

TEST_CASE("of a child berth knows whether it has begun without its start time") {
  const auto own = sys::executable_of(::getpid());
  REQUIRE(own);
  const OtherProcess other([] {});
  CHECK(child_has_begun(other.pid(), {1, 1}));
  CHECK(child_has_begun(other.pid(), *own));  // by its name
  const OtherProcess ended([] {
    (void)::prctl(PR_SET_NAME, "berth-init");
    ::_exit(0);
  });
  siginfo_t info = {};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(ended.pid()), &info, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(child_has_begun(ended.pid(), *own));
}

}  // namespace
}  // namespace berth::container
