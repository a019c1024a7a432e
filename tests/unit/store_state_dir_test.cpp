#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "runtime/linux/files/chosen_file.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/store/container_id.h"
#include "runtime/store/state_dir.h"
#include "runtime/store/state_root.h"
#include "spec/error.h"
#include "tests/unit/temporary_directory.h"

namespace berth::store {
namespace {

namespace fs = std::filesystem;

/// A root below the temporary directory, made by the first container.
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
  record.rootfs = "/bundle/rootfs";
  record.oci_version = "1.3.0";
  record.created = "2024-02-29T23:59:59.000000001Z";
  record.owner = 4'294'967'295;
  return record;
}

ErrorKind kind_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::Bug;
}

TEST_CASE("an id is a name that is safe as a file name and in a log") {
  for (const std::string& id : {std::string("a"), std::string("web-1_x+y.z"), std::string("0"),
                                std::string("-"), std::string("_.."), std::string(255, 'x')}) {
    INFO(id);
    CHECK_NOTHROW(check_id(id));
  }
  for (const std::string& id :
       {std::string(""), std::string("."), std::string(".."), std::string(".hidden"),
        std::string("a/b"), std::string("/abs"), std::string("../x"), std::string("a b"),
        std::string("a\nb"), std::string("a\0b", 3), std::string("ä"), std::string("a:b"),
        std::string(256, 'x')}) {
    INFO(id);
    const Root root;
    CHECK(kind_of([&] { check_id(id); }) == ErrorKind::Config);
    CHECK(kind_of([&] { (void)StateDir::make(root.path(), id); }) == ErrorKind::Config);
    CHECK(kind_of([&] { (void)StateDir::open(root.path(), id); }) == ErrorKind::Config);
    CHECK_FALSE(fs::exists(root.path()));
  }
}

TEST_CASE("a bad id is described without being printed (SR-43)") {
  CHECK_THROWS_WITH(check_id("a\nb"), "id: found byte 0x0a, allowed: A-Z a-z 0-9 _ + . -");
  CHECK_THROWS_WITH(check_id("a/b"), "id: found '/', allowed: A-Z a-z 0-9 _ + . -");
}

TEST_CASE("the process that makes the directory owns the id (RT-ST-2 SR-31)") {
  const Root root;
  StateDir dir = StateDir::make(root.path(), "web1");
  CHECK_THROWS_WITH(StateDir::make(root.path(), "web1"), "container 'web1' already exists");
  CHECK(StateDir::open(root.path(), "web1").id() == "web1");
  CHECK(fs::status(root.path()).permissions() == fs::perms::owner_all);
  CHECK(fs::status(root / "web1").permissions() == fs::perms::owner_all);
}

TEST_CASE("what does not exist can be asked for, and is an error when it is needed") {
  const Root root;
  CHECK_FALSE(StateDir::open_if_exists(root.path(), "web1"));
  CHECK_THROWS_WITH(StateDir::open(root.path(), "web1"), "container 'web1' does not exist");
  CHECK(kind_of([&] { (void)StateDir::open(root.path(), "web1"); }) == ErrorKind::State);
  CHECK_FALSE(open_root_if_exists(root.path()));
}

TEST_CASE("a directory goes with its maker unless that one commits") {
  const Root root;
  {
    const StateDir dir = StateDir::make(root.path(), "web1");
    CHECK(fs::exists(root / "web1"));
  }
  CHECK_FALSE(fs::exists(root / "web1"));
  {
    StateDir dir = StateDir::make(root.path(), "web1");
    const StateDir moved = std::move(dir);
  }
  CHECK_FALSE(fs::exists(root / "web1"));
  StateDir::make(root.path(), "web1").commit();
  CHECK(fs::exists(root / "web1"));
}

TEST_CASE(
    "a directory with a record outlives its maker, because what the record lists is not undone") {
  const Root root;
  StateDir::make(root.path(), "web1").write(record_of("web1"));
  CHECK(StateDir::open(root.path(), "web1").read());
}

TEST_CASE("a record comes back as it was written") {
  const Root root;
  const StateDir dir = StateDir::make(root.path(), "web1");
  CHECK_FALSE(dir.read());  // its create may have been killed before
  Record record = record_of("web1");
  record.annotations = {{"org.x", "line\nbreak \"quoted\""}};
  record.creator = {.pid = 7, .start_time = 18'446'744'073'709'551'615U};
  record.has_program = false;
  record.namespaces = {{"net", 4'026'531'840}};
  record.cgroups = {{"/cg/a/b", "/cg/a"}, {"/cg/c", ""}};
  record.hooks.poststop = {{.path = "/h", .args = {"h", ""}, .env = spec::Strings{}, .timeout = 3},
                           {.path = "/i", .args = {}, .env = {}, .timeout = {}}};
  dir.write(record_of("web1"));
  dir.write(record);
  const auto read = StateDir::open(root.path(), "web1").read();
  REQUIRE(read);
  CHECK(read->bundle == "/bundle");
  CHECK(read->rootfs == "/bundle/rootfs");
  CHECK(read->oci_version == "1.3.0");
  CHECK(read->created == record.created);
  CHECK(read->owner == record.owner);
  CHECK(read->annotations == record.annotations);
  CHECK_FALSE(read->complete);
  CHECK_FALSE(read->has_program);
  CHECK(read->creator.pid == 7);
  CHECK(read->creator.start_time == record.creator.start_time);
  CHECK(read->init.pid == 0);
  CHECK(read->namespaces == record.namespaces);
  REQUIRE(read->cgroups.size() == 2);
  CHECK(read->cgroups[0].topmost == "/cg/a");
  CHECK(read->cgroups[1].topmost.empty());
  REQUIRE(read->hooks.poststop.size() == 2);
  CHECK(read->hooks.poststop[0].args == spec::Strings{"h", ""});
  CHECK(read->hooks.poststop[0].env == spec::Strings{});
  CHECK(read->hooks.poststop[0].timeout == 3);
  CHECK_FALSE(read->hooks.poststop[1].env);
  CHECK(fs::exists(root / "web1/record.json"));
  CHECK(sys::entries_of(dir.dir()).size() == 2);  // and the lock
}

TEST_CASE("a record that is torn, foreign or newer is an error that names the file (SR-33)") {
  const Root root;
  const StateDir dir = StateDir::make(root.path(), "web1");
  const std::string file = root / "web1/record.json";
  dir.write(record_of("web1"));
  const std::string good = sys::read_file(file);
  std::string newer = good;
  newer.replace(newer.find("\"version\":1"), 11, "\"version\":2");
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "is not a record of a container"},
      {good.substr(0, good.size() / 2), "is not a record of a container"},
      {"{}", "is not a record of a container"},
      {"[]", "is not a record of a container"}};
  for (const auto& [bytes, words] : rows) {
    INFO(bytes);
    sys::replace_file(file, bytes, 0600);
    CHECK_THROWS_WITH(dir.read(), Catch::Contains(file) && Catch::Contains(words) &&
                                      Catch::Contains("hint: delete --force"));
    CHECK(kind_of([&] { (void)dir.read(); }) == ErrorKind::State);
  }
  dir.write(record_of("other"));
  CHECK_THROWS_WITH(dir.read(), Catch::Contains("is the record of container 'other'"));
  CHECK(kind_of([&] { (void)dir.read(); }) == ErrorKind::State);
  // What a newer berth knows of it is not given up.
  sys::replace_file(file, newer, 0600);
  CHECK_THROWS_WITH(dir.read(), Catch::Contains("was written by a newer berth"));
  CHECK(kind_of([&] { (void)dir.read(); }) == ErrorKind::Unsupported);
}

TEST_CASE("properties that a later berth has added are ignored (SR-33)") {
  const Root root;
  const StateDir dir = StateDir::make(root.path(), "web1");
  dir.write(record_of("web1"));
  std::string bytes = sys::read_file(root / "web1/record.json");
  bytes.insert(1, "\"new\":{\"x\":[1]},");
  sys::replace_file(root / "web1/record.json", bytes, 0600);
  CHECK(dir.read());
}

TEST_CASE("a root that others may write is refused for every purpose (SR-31)") {
  const TemporaryDirectory place;
  for (const mode_t mode : {0770u, 0702u, 01777u}) {
    REQUIRE(::chmod(place.path().c_str(), mode) == 0);
    CHECK(kind_of([&] { (void)StateDir::make(place.path(), "x"); }) == ErrorKind::State);
    CHECK(kind_of([&] { (void)StateDir::open_if_exists(place.path(), "x"); }) == ErrorKind::State);
    CHECK(kind_of([&] { (void)open_root_if_exists(place.path()); }) == ErrorKind::State);
    CHECK_FALSE(fs::exists(place / "x"));
  }
}

TEST_CASE("removing takes everything in it, and may find that all is gone") {
  const Root root;
  StateDir dir = StateDir::make(root.path(), "web1");
  dir.write(record_of("web1"));
  sys::replace_file(root / "web1/start", "", 0600);
  sys::replace_file(root / "web1/.record.json.1.tmp", "half", 0600);
  StateDir other = StateDir::open(root.path(), "web1");
  dir.remove();
  CHECK_FALSE(fs::exists(root / "web1"));
  CHECK_NOTHROW(other.remove());
}

TEST_CASE("containers are listed in order, other entries are not") {
  const Root root;
  for (const char* id : {"b", "a", "C"}) StateDir::make(root.path(), id).commit();
  sys::replace_file(root / "file", "", 0600);
  sys::make_dirs(root / ".hidden", 0700);
  sys::make_dirs(root / "not an id", 0700);
  CHECK(list_ids(sys::open_dir(root.path())) == std::vector<std::string>{"C", "a", "b"});
}

TEST_CASE("the root of root does not depend on the environment, that of others does") {
  const char* const before = ::getenv("XDG_RUNTIME_DIR");
  const std::string saved = before == nullptr ? "" : before;
  const bool is_root = ::geteuid() == 0;
  ::setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
  CHECK(default_root() == (is_root ? "/run/berth" : "/run/user/7/berth"));
  ::setenv("XDG_RUNTIME_DIR", "", 1);
  CHECK(default_root() == "/run/berth");
  ::unsetenv("XDG_RUNTIME_DIR");
  CHECK(default_root() == "/run/berth");
  if (before != nullptr) ::setenv("XDG_RUNTIME_DIR", saved.c_str(), 1);
}

}  // namespace
}  // namespace berth::store
