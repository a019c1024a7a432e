// Who owns an id, who holds its lock, and what is left of commands that were killed meanwhile.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "runtime/linux/files/chosen_file.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/store/state_dir.h"
#include "runtime/store/state_root.h"
#include "spec/error.h"
#include "tests/unit/other_process.h"
#include "tests/unit/temporary_directory.h"

namespace berth::store {
namespace {

namespace fs = std::filesystem;

class Root {
 public:
  std::string path() const { return place_ / "berth"; }
  std::string operator/(const std::string& entry) const { return path() + "/" + entry; }

 private:
  TemporaryDirectory place_;
};

Record record_of(const std::string& id) {
  Record record;
  record.id = id;
  record.bundle = "/bundle";
  return record;
}

/// Another process that has made the container, and holds its lock.
class Maker {
 public:
  explicit Maker(const Root& root)
      : process_([&] { dir_ = std::make_unique<StateDir>(StateDir::make(root.path(), "web1")); }) {}

  OtherProcess& process() { return process_; }

 private:
  std::unique_ptr<StateDir> dir_;  // the other process's
  OtherProcess process_;
};

TEST_CASE("a container is locked from the first moment that it can be seen (RT-ST-3 SR-31 SR-35)") {
  const Root root;
  Maker maker(root);
  const StateDir dir = StateDir::open(root.path(), "web1");
  CHECK_FALSE(dir.read());
  CHECK(dir.is_locked());
  CHECK(dir.holder() == maker.process().pid());
  maker.process().end();
  CHECK_FALSE(dir.is_locked());
}

TEST_CASE("an id has one maker, whatever the others hold (RT-CREATE-2 SR-31)") {
  const Root root;
  const Maker maker(root);
  CHECK_THROWS_WITH(StateDir::make(root.path(), "web1"), "container 'web1' already exists");
  CHECK(sys::subdirs_of(sys::open_dir(root.path())) == std::vector<std::string>{"web1"});
}

TEST_CASE("a lock is taken once, given up, and taken again (SR-35)") {
  const Root root;
  StateDir dir = StateDir::make(root.path(), "web1");
  CHECK(dir.is_locked());
  CHECK_FALSE(dir.holder());  // that is about others
  dir.unlock();
  CHECK_FALSE(dir.is_locked());
  CHECK(dir.lock_if_exists());
  CHECK(dir.lock_if_exists());
  CHECK(dir.is_locked());
}

TEST_CASE("a container that was removed while its lock was waited for does not exist (SR-35)") {
  const Root root;
  StateDir dir = StateDir::make(root.path(), "web1");
  dir.write(record_of("web1"));
  std::optional<StateDir> late = StateDir::open(root.path(), "web1");
  dir.remove();
  CHECK_FALSE(late->is_there());
  CHECK_FALSE(late->lock_if_exists());
  // Another container of that name is another directory.
  const StateDir next = StateDir::make(root.path(), "web1");
  CHECK_FALSE(late->lock_if_exists());
  CHECK_THROWS_WITH(late->lock(), "container 'web1' does not exist");
  CHECK_NOTHROW(late->remove());
  CHECK(next.is_there());
}

TEST_CASE("a lock file that was removed by hand is made again (SR-35)") {
  const Root root;
  StateDir::make(root.path(), "web1").commit();
  fs::remove(root / "web1/lock");
  StateDir dir = StateDir::open(root.path(), "web1");
  CHECK_FALSE(dir.is_locked());
  CHECK(dir.lock_if_exists());
  CHECK(fs::exists(root / "web1/lock"));
}

TEST_CASE("what killed commands have left goes with the next create (SR-38)") {
  const Root root;
  StateDir::make(root.path(), "web1").commit();
  for (const char* left : {".new.1", ".new.2", ".old.3"}) sys::make_dirs(root / left, 0700);
  sys::replace_file(root / ".new.2/lock", "", 0600);
  sys::replace_file(root / ".old.3/lock", "", 0600);
  sys::replace_file(root / ".old.3/record.json", "{}", 0600);
  StateDir::make(root.path(), "web2").commit();
  CHECK(sys::subdirs_of(sys::open_dir(root.path())).size() == 2);
}

TEST_CASE("a directory of a living command is not taken for one of a killed command (SR-38)") {
  const Root root;
  StateDir::make(root.path(), "web1").commit();
  std::optional<StateDir> theirs;
  OtherProcess other([&] {
    theirs.emplace(StateDir::open(root.path(), "web1"));
    theirs->lock();
    // As remove() does before it is stopped or killed.
    fs::rename(root / "web1", root / (".old." + std::to_string(::getpid())));
  });
  const std::string name = ".old." + std::to_string(other.pid());
  CHECK(remove_leftovers(sys::open_dir(root.path())).empty());
  CHECK(fs::exists((root / name) + "/lock"));
  other.end();
  CHECK(remove_leftovers(sys::open_dir(root.path())).empty());
  CHECK_FALSE(fs::exists(root / name));
}

TEST_CASE("a create whose directory is taken for a leftover makes another (SR-31)") {
  // Another command of our pid, in another pid namespace, has the first name.
  const Root root;
  sys::make_dirs(root.path(), 0700);
  const std::string taken = root / temporary_name(Temporary::New, 0);
  sys::make_dirs(taken, 0700);
  sys::replace_file(taken + "/lock", "", 0600);
  sys::make_dirs(taken + "/not-ours-to-remove", 0700);
  StateDir::make(root.path(), "web1").commit();
  CHECK(fs::exists(root / "web1/lock"));
  CHECK(fs::exists(taken));
}

TEST_CASE("a leftover that cannot be removed is named (SR-37)") {
  const Root root;
  sys::make_dirs(root / ".old.7/stays", 0700);
  sys::replace_file(root / ".old.7/lock", "", 0600);
  CHECK(remove_leftovers(sys::open_dir(root.path())) == ".old.7");
}

TEST_CASE("what cannot be removed keeps the id and the record (SR-37)") {
  const Root root;
  StateDir dir = StateDir::make(root.path(), "web1");
  dir.write(record_of("web1"));
  sys::make_dirs(root / "web1/stays", 0700);
  CHECK_THROWS_AS(dir.remove(), Error);
  CHECK(StateDir::open(root.path(), "web1").read());
  fs::remove(root / "web1/stays");
  dir.remove();
  CHECK(fs::is_empty(root.path()));
}

}  // namespace
}  // namespace berth::store
