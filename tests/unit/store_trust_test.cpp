// Whose files below the state root are believed.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "runtime/linux/files/file.h"
#include "runtime/store/state_dir.h"
#include "runtime/store/state_root.h"
#include "spec/error.h"
#include "tests/unit/temporary_directory.h"

namespace berth::store {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kOther = 65534;

class Root {
 public:
  Root() { StateDir::make(path(), "web1").write(record()); }

  std::string path() const { return place_ / "berth"; }
  std::string operator/(const std::string& entry) const { return path() + "/" + entry; }

 private:
  static Record record() {
    Record record;
    record.id = "web1";
    record.bundle = "/bundle";
    return record;
  }

  TemporaryDirectory place_;
};

void check_refused(const std::function<void()>& act, const std::string& words) {
  CHECK_THROWS_WITH(act(), Catch::Contains(words));
  try {
    act();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::State);
  }
}

TEST_CASE("a container's directory that others may write is refused (SR-31)") {
  const Root root;
  for (const mode_t mode : {0770u, 0702u, 01777u}) {
    REQUIRE(::chmod((root / "web1").c_str(), mode) == 0);
    check_refused([&] { (void)StateDir::open(root.path(), "web1"); }, "may be written by others");
  }
}

TEST_CASE("a record that others may write is not believed (SR-31 SR-33)") {
  const Root root;
  REQUIRE(::chmod((root / "web1/record.json").c_str(), 0660) == 0);
  const StateDir dir = StateDir::open(root.path(), "web1");
  check_refused([&] { (void)dir.read(); }, "may be written by others");
}

TEST_CASE("a directory or a record of another user is not believed (SR-31)") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can give files away");
    return;
  }
  const Root root;
  const std::string record = root / "web1/record.json";
  REQUIRE(::chown(record.c_str(), kOther, kOther) == 0);
  {
    const StateDir dir = StateDir::open(root.path(), "web1");
    check_refused([&] { (void)dir.read(); }, "belongs to uid 65534");
  }
  REQUIRE(::chown((root / "web1").c_str(), kOther, kOther) == 0);
  check_refused([&] { (void)StateDir::open(root.path(), "web1"); }, "belongs to uid 65534");
}

TEST_CASE("a symbolic link is not a container, and its name is taken (SR-31)") {
  const Root root;
  fs::create_directory_symlink(root / "web1", root / "web2");
  CHECK_FALSE(StateDir::open_if_exists(root.path(), "web2"));
  check_refused([&] { (void)StateDir::make(root.path(), "web2"); }, "already exists");
  CHECK(list_ids(sys::open_dir(root.path())) == std::vector<std::string>{"web1"});
}

TEST_CASE("a record that is not a regular file is not opened (SR-33)") {
  const Root root;
  const std::string record = root / "web1/record.json";
  const StateDir dir = StateDir::open(root.path(), "web1");
  fs::remove(record);
  REQUIRE(::mkfifo(record.c_str(), 0600) == 0);
  check_refused([&] { (void)dir.read(); }, "is not a regular file");
  fs::remove(record);
  fs::create_symlink(root / "elsewhere", record);
  check_refused([&] { (void)dir.read(); }, "is not a regular file");
}

}  // namespace
}  // namespace berth::store
