// The container's cgroups as they are made: what is refused, what is claimed, what parents pass on.
#include "runtime/cgroup/tree.h"

#include "runtime/cgroup/level.h"
#include "runtime/linux/files/file.h"
#include "spec/error.h"
#include "tests/unit/cgroup_fixture.h"

namespace berth::cgroup {
namespace {

plan::CgroupPlan plan_of(std::vector<plan::CgroupDirectory> directories) {
  plan::CgroupPlan plan;
  plan.directories = std::move(directories);
  return plan;
}

/// The error of look(), or an empty message.
Error refusal_of(const plan::CgroupPlan& plan) {
  CgroupTree tree(plan);
  try {
    tree.look();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::Bug, ""};
}

void check_refused(const plan::CgroupPlan& plan, const std::string& words) {
  const Error refusal = refusal_of(plan);
  CHECK(refusal.kind() == ErrorKind::State);
  CHECK(refusal.origin() == "/linux/cgroupsPath");
  CHECK_THAT(refusal.message(), Catch::Contains(words));
}

TEST_CASE("CG-FIT-1: a frozen cgroup is refused, its first process would never move") {
  const FakeCgroups group;
  plan::CgroupPlan plan = plan_of({group.plan_for("box")});
  plan.directories[0].hierarchy.controllers = {"freezer"};
  group.make("box");
  group.write("box/freezer.state", "FROZEN\n");
  check_refused(plan, "is frozen");
  group.write("box/freezer.state", "THAWED\n");
  CHECK(refusal_of(plan).message().empty());
}

TEST_CASE("CG-FIT-1: a cgroup that is to be made below a frozen one is refused, too") {
  const FakeCgroups group;
  group.make("pod");
  group.write("pod/cgroup.events", "populated 0\nfrozen 1\n");
  plan::CgroupPlan plan = plan_of({group.plan_for("pod/box")});
  plan.directories[0].hierarchy.unified = true;
  check_refused(plan, "is frozen");
}

TEST_CASE("CG-FIT-1: a cgroup with processes is refused, a parent with processes is not") {
  const FakeCgroups group;
  group.make("pod");
  group.write("pod/cgroup.procs", "1\n");
  CHECK(refusal_of(plan_of({group.plan_for("pod/box")})).message().empty());
  group.make("pod/box/below");
  group.write("pod/box/below/cgroup.procs", "1\n");
  check_refused(plan_of({group.plan_for("pod/box")}), "has processes already");
}

TEST_CASE("what is going to be made is known before, what was made after") {
  const FakeCgroups group;
  group.make("kept");
  const plan::CgroupPlan plan = plan_of({group.plan_for("kept"), group.plan_for("kept/made/box")});
  CgroupTree tree(plan);
  tree.look();
  REQUIRE(tree.places().size() == 2);
  CHECK(tree.places()[0].topmost.empty());
  CHECK(tree.places()[1].topmost == group.at("kept/made"));
  CHECK(tree.made().empty());
  tree.make(1);
  REQUIRE(tree.made().size() == 1);
  CHECK(tree.made()[0].directory == group.at("kept/made/box"));
  CHECK(tree.made()[0].topmost == group.at("kept/made"));
  CHECK(group.has("kept/made/box"));
}

TEST_CASE("SR-39: only a cgroup that was made, or found fit, can be claimed") {
  const FakeCgroups first, second;
  const plan::CgroupPlan plan = plan_of({first.plan_for("box"), second.plan_for("box")});
  CgroupTree tree(plan);
  tree.look();
  second.make("box");  // by a stranger, meanwhile
  CHECK_FALSE(tree.find_made(first.at("box")));
  CHECK_FALSE(tree.find_made(second.at("box")));
  tree.make(0);
  CHECK(tree.find_made(first.at("box")));
  CHECK_FALSE(tree.find_made(second.at("box")));
  CHECK_THROWS_AS(tree.make(1), Error);
  CHECK_FALSE(tree.find_made(second.at("box")));
  CHECK(tree.made().size() == 1);
}

TEST_CASE("an inherited cgroup is neither looked at nor a place") {
  const FakeCgroups group;
  group.make("own");
  group.write("own/cgroup.procs", "1\n");
  plan::CgroupDirectory own = group.plan_for("own");
  own.is_inherited = true;
  const plan::CgroupPlan plan = plan_of({own});
  CgroupTree tree(plan);
  tree.look();
  CHECK(tree.places().empty());
}

/// A cgroup that is made, with files, so that values can be written.
class Made {
 public:
  explicit Made(const std::string& controller) {
    plan_.directories = {group.plan_for("box")};
    plan_.directories[0].hierarchy.controllers = {controller};
    group.make("box");
  }

  void apply(const plan::CgroupWrite& write) {
    CgroupTree tree(plan_);
    tree.look();
    tree.make(0);
    tree.apply(write);
  }
  plan::CgroupPlan& plan() { return plan_; }

  FakeCgroups group;

 private:
  plan::CgroupPlan plan_;
};

TEST_CASE("a value is one write to the file of its controller") {
  Made made("memory");
  made.group.write("box/memory.max", "");
  made.apply({.controller = "memory", .file = "memory.max", .value = "268435456"});
  CHECK(made.group.read("box/memory.max") == "268435456");
}

TEST_CASE("RS-HUG-2: in a kernel without a file the other one is written, with its own value") {
  Made made("hugetlb");
  made.group.write("box/hugetlb.2MB.max", "");
  made.apply({.controller = "hugetlb",
              .file = "hugetlb.2MB.rsvd.max",
              .value = "1",
              .other_file = "hugetlb.2MB.max",
              .other_value = "2"});
  CHECK(made.group.read("box/hugetlb.2MB.max") == "2");
  made.group.write("box/hugetlb.2MB.rsvd.max", "");
  made.apply({.controller = "hugetlb",
              .file = "hugetlb.2MB.rsvd.max",
              .value = "1",
              .other_file = "hugetlb.2MB.max",
              .other_value = "3"});
  CHECK(made.group.read("box/hugetlb.2MB.rsvd.max") == "1");
  CHECK(made.group.read("box/hugetlb.2MB.max") == "2");
}

TEST_CASE("RS-MEM-1: a kernel that does not count swap cannot limit it, and needs no removal") {
  Made made("memory");
  plan::CgroupWrite swap{
      .controller = "memory", .file = "memory.memsw.limit_in_bytes", .value = "8192"};
  try {
    made.apply(swap);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Unsupported);
    CHECK_THAT(error.message(), Catch::Contains("box/memory.memsw.limit_in_bytes'"));
  }
  swap.is_default = true;
  CHECK_NOTHROW(made.apply(swap));
}

TEST_CASE("RS-UNI-1: a file of every v2 cgroup needs no controller") {
  Made made("memory");
  made.plan().directories[0].hierarchy.unified = true;
  made.group.write("box/cgroup.max.depth", "");
  made.apply({.controller = "cgroup", .file = "cgroup.max.depth", .value = "3"});
  CHECK(made.group.read("box/cgroup.max.depth") == "3");
}

TEST_CASE("RT-ERR-1: a refused value is named with its file, once in quotes") {
  Made made("memory");
  std::filesystem::create_symlink("/dev/full", made.group.at("box/memory.max"));
  try {
    made.apply({.controller = "memory", .file = "memory.max", .value = "268435456"});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.message() == "write '268435456' to '" + made.group.at("box/memory.max") +
                                 "': no space left on device");
    CHECK(error.hint().empty());
  }
}

TEST_CASE("a cpuset hierarchy without the usual names of its files is refused by the missing one") {
  const FakeCgroups group;
  group.make("box");
  group.write("box/cpus", "\n");
  plan::CgroupPlan plan = plan_of({group.plan_for("box")});
  plan.directories[0].hierarchy.controllers = {"cpuset"};
  CgroupTree tree(plan);
  tree.look();
  try {
    tree.make(0);
    FAIL("it was made");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Unsupported);
    CHECK_THAT(error.message(), Catch::Contains(group.at("cpuset.cpus")) &&
                                    Catch::Contains("'noprefix' is not supported"));
  }
}

TEST_CASE("RS-CPU-1: a refused cpuset says what there is") {
  const auto [file, available, hint] = GENERATE(table<std::string, std::string, std::string>({
      {"cpuset.cpus", "cpuset.cpus", "there are the processors 0-1"},
      {"cpuset.cpus", "cpuset.cpus.effective", "there are the processors 0-1"},
      {"cpuset.mems", "cpuset.mems", "there are the memory nodes 0-1"},
  }));
  Made made("cpuset");
  made.group.write(available, "0-1\n");
  for (const char* one : {"cpuset.cpus", "cpuset.mems"}) {
    if (!made.group.has(one)) made.group.write(one, "\n");  // v1 hands them down
    made.group.write(std::string("box/") + one, "0\n");
  }
  std::filesystem::remove(made.group.at("box/" + file));
  made.plan().directories[0].hierarchy.unified = true;  // nothing to hand down to a stand-in
  std::filesystem::create_symlink("/dev/full", made.group.at("box/" + file));
  try {
    made.apply({.controller = "cpuset", .file = file, .value = "9999"});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.hint() == hint);
  }
}

TEST_CASE("SR-39: device rules that a cgroup was left with go before the devices are made") {
  Made made("devices");
  made.group.write("box/devices.allow", "");
  made.group.write("box/devices.deny", "");
  made.apply({.controller = "devices", .file = "devices.deny", .value = "a"});
  CHECK(made.group.read("box/devices.allow") == "a");
}

TEST_CASE("below a parent that denies devices the container's own rules come before its devices") {
  Made made("devices");
  // As the kernel refuses `a` there.
  std::filesystem::create_symlink("/dev/full", made.group.at("box/devices.allow"));
  made.group.write("box/devices.deny", "");
  made.group.write("box/later", "");
  made.plan().writes = {{.controller = "devices", .file = "devices.deny", .value = "a"}};
  made.apply({.controller = "devices", .file = "later", .value = "x"});
  CHECK(made.group.read("box/devices.deny") == "a");
}

TEST_CASE("V2-11: a parent passes on what is needed and what it can of what is wanted, once each") {
  const FakeCgroups group;
  group.write("cgroup.subtree_control", "cpuset cpu\n");
  const sys::Dir cgroup = sys::open_dir(group.top());
  CHECK_FALSE(enable_controllers(cgroup, {}, {}));
  CHECK_FALSE(enable_controllers(cgroup, {"cpu"}, {"cpuset"}));
  CHECK(group.read("cgroup.subtree_control") == "cpuset cpu\n");
  CHECK_FALSE(enable_controllers(cgroup, {"cpu", "io", "pids"}, {}));
  CHECK(group.read("cgroup.subtree_control") ==
        "+io +pids \n");  // one write, and the rest of the old
}

TEST_CASE(
    "RS-UNI-3: a parent that passes no controller on is named at the property that needs it") {
  const FakeCgroups group;
  // Something else that can be read and takes no controllers.
  std::filesystem::create_symlink("/proc/self/timerslack_ns", group.at("cgroup.subtree_control"));
  plan::CgroupPlan plan = plan_of({group.plan_for("box")});
  plan.directories[0].hierarchy.unified = true;
  plan.directories[0].hierarchy.controllers = {"memory", "io"};
  plan.directories[0].enable = {"io"};
  plan.writes = {{.controller = "pids", .file = "pids.max", .value = "1", .origin = "/pids"},
                 {.controller = "io", .file = "io.max", .value = "1", .origin = "/io"}};
  const bool is_made_by_systemd = GENERATE(false, true);
  if (is_made_by_systemd) group.make("box");
  CgroupTree tree(plan);
  tree.look();
  try {
    is_made_by_systemd ? tree.adopt(0) : tree.make(0);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.origin() == "/io");
    CHECK_THAT(error.message(), Catch::Contains(group.at("cgroup.subtree_control")));
  }
}

TEST_CASE("a v1 cpuset that is empty gets what its parent has, another is left as it is") {
  const FakeCgroups group;
  group.make("box");
  for (const char* file : {"cpuset.cpus", "cpuset.mems"}) group.write(file, "0-3\n");
  group.write("box/cpuset.cpus", "\n");
  group.write("box/cpuset.mems", "1\n");
  inherit_cpuset(sys::open_dir(group.top()), sys::open_dir(group.at("box")), false);
  CHECK(group.read("box/cpuset.cpus") == "0-3\n");
  CHECK(group.read("box/cpuset.mems") == "1\n");
  inherit_cpuset(sys::open_dir(group.top()), sys::open_dir(group.at("box")), true);
  CHECK(group.read("box/cpuset.mems") == "0-3\n");
}

TEST_CASE("a cgroup whose parent was removed after it was found is made from the top") {
  const FakeCgroups group;
  group.make("outer");
  const plan::CgroupPlan plan = plan_of({group.plan_for("outer/box")});
  CgroupTree tree(plan);
  tree.look();
  CHECK(tree.places().front().topmost == group.at("outer/box"));
  REQUIRE(rmdir(group.at("outer").c_str()) == 0);
  tree.make(0);
  CHECK(tree.places().front().topmost == group.at("outer"));
}

}  // namespace
}  // namespace berth::cgroup
