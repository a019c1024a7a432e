// resctrl is a file system of the kernel on processors that have RDT. Here a directory tree stands
// in for it, and the test does what the kernel would: it fills directories that are made, and
// empties them before they are removed.
#include "runtime/cgroup/rdt.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>

#include "runtime/linux/files/file.h"
#include "spec/error.h"
#include "tests/unit/temporary_directory.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::cgroup {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<std::string>;
using plan::RdtUse;

class FakeResctrl {
 public:
  FakeResctrl() { fill(top()); }

  const std::string& top() const { return directory_.path(); }
  std::string at(const std::string& path) const { return directory_ / path; }

  static void fill(const std::string& group) {
    fs::create_directories(group + "/mon_groups");
    for (const char* file : {"schemata", "tasks"}) write(group + "/" + file, "");
  }
  static void empty(const std::string& group) {
    for (const char* entry : {"mon_groups", "schemata", "tasks"}) fs::remove(group + "/" + entry);
  }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  }
  /// As another process would.
  std::string make(const std::string& name) const {
    fill(at(name));
    return at(name);
  }

 private:
  TemporaryDirectory directory_;
};

ErrorKind kind_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::Bug;
}

TEST_CASE("RDT-1: the first process is written into tasks") {
  const FakeResctrl resctrl;
  RdtGroups({}).enter(resctrl.top(), 17);
  CHECK(sys::read_file(resctrl.at("tasks")) == "17\n");
}

TEST_CASE("RDT-4: a group of the container's own is made, recorded before, and removed") {
  const FakeResctrl resctrl;
  const std::string group = resctrl.at("web1");
  RdtGroups groups({.group = group, .is_own = true, .monitoring = {}});
  CHECK(groups.intents() == Paths{group});
  groups.make(group, RdtUse::Share);
  CHECK(fs::is_directory(group));
  CHECK(groups.intents() == Paths{group});
  remove_rdt_groups(groups.intents());
  CHECK_FALSE(fs::exists(group));
  remove_rdt_groups(groups.intents());  // once more is no error
}

TEST_CASE("RDT-4 RDT-6: a group of that name that was there stays") {
  const FakeResctrl resctrl;
  const std::string group = resctrl.make("web1");
  RdtGroups groups({.group = group, .is_own = true, .monitoring = {}});
  groups.make(group, RdtUse::Share);
  CHECK(groups.intents().empty());
  CHECK(groups.try_undo());
  CHECK(fs::exists(group));
}

TEST_CASE("RDT-4 RDT-6: a group that another process makes in between is not the container's") {
  const FakeResctrl resctrl;
  const std::string group = resctrl.at("web1");
  RdtGroups groups({.group = group, .is_own = true, .monitoring = {}});
  resctrl.make("web1");
  groups.make(group, RdtUse::Share);
  CHECK(groups.intents().empty());
}

TEST_CASE("RDT-3: a new group gets its schemata") {
  const FakeResctrl resctrl;
  const std::string group = resctrl.at("gold");
  RdtGroups groups({.group = group});
  groups.make(group, RdtUse::Share);
  FakeResctrl::fill(group);
  groups.set_schema(group, "L3:0=f");
  CHECK(sys::read_file(group + "/schemata") == "L3:0=f\n");
}

TEST_CASE("RDT-5: a group that was there is compared and never written") {
  const FakeResctrl resctrl;
  const std::string group = resctrl.make("gold");
  FakeResctrl::write(group + "/schemata", "    L3:0=0f;1=ff\n");
  RdtGroups groups({.group = group});
  groups.make(group, RdtUse::Share);
  groups.set_schema(group, "L3:0=f");
  CHECK(kind_of([&] { groups.set_schema(group, "L3:0=ff"); }) == ErrorKind::State);
  CHECK(sys::read_file(group + "/schemata") == "    L3:0=0f;1=ff\n");
}

TEST_CASE("RDT-5: a group that is to be found has to exist") {
  const FakeResctrl resctrl;
  RdtGroups groups({.group = resctrl.at("gold")});
  CHECK(kind_of([&] { groups.make(resctrl.at("gold"), RdtUse::Find); }) == ErrorKind::State);
  resctrl.make("gold");
  groups.make(resctrl.at("gold"), RdtUse::Find);
}

TEST_CASE("RDT-6 RT-ERR-1: a shared group that we made goes when create fails, unless it is used") {
  const FakeResctrl resctrl;
  const std::string group = resctrl.at("gold");
  RdtGroups groups({.group = group});
  CHECK(groups.intents().empty());
  groups.make(group, RdtUse::Share);
  CHECK(groups.intents().empty());  // delete leaves it
  FakeResctrl::fill(group);
  FakeResctrl::write(group + "/tasks", "17\n");
  CHECK(groups.try_undo());
  CHECK(fs::exists(group));
  FakeResctrl::empty(group);
  CHECK(groups.try_undo());
  CHECK_FALSE(fs::exists(group));
}

TEST_CASE("RDT-7: a monitoring group is always the container's own") {
  const FakeResctrl resctrl;
  const std::string& group = resctrl.top();
  const std::string monitoring = resctrl.at("mon_groups/web1");
  const plan::RdtPlan plan{.group = group, .is_own = false, .monitoring = monitoring};
  RdtGroups groups(plan);
  CHECK(groups.intents() == Paths{monitoring});
  groups.make(group, RdtUse::Find);
  groups.make(monitoring, RdtUse::Create);
  CHECK(fs::is_directory(monitoring));
  RdtGroups others(plan);
  CHECK(others.intents().empty());
  CHECK(kind_of([&] { others.make(monitoring, RdtUse::Create); }) == ErrorKind::State);
  CHECK(groups.try_undo());
  CHECK_FALSE(fs::exists(monitoring));
}

TEST_CASE("RDT-7: where there is no monitoring a group for it is an error") {
  const FakeResctrl resctrl;
  fs::remove(resctrl.at("mon_groups"));
  RdtGroups groups({.group = resctrl.top()});
  CHECK(kind_of([&] { groups.make(resctrl.at("mon_groups/web1"), RdtUse::Create); }) ==
        ErrorKind::System);
}

TEST_CASE("RDT-4: a monitoring group goes before the group that it is in") {
  const FakeResctrl resctrl;
  const std::string group = resctrl.at("web1");
  RdtGroups groups({.group = group, .is_own = true, .monitoring = group + "/mon_groups/web1"});
  CHECK(groups.intents() == Paths{group + "/mon_groups/web1", group});
}

}  // namespace
}  // namespace berth::cgroup
