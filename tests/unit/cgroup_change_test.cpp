// Values of existing cgroups: what is read before, what is restored, in which order they go.
#include "runtime/cgroup/change.h"

#include "runtime/cgroup/value_before.h"
#include "spec/error.h"
#include "tests/unit/cgroup_fixture.h"

namespace berth::cgroup {
namespace {

TEST_CASE("a value before is in the form in which it is written") {
  struct Case {
    const char *file, *text, *value, *before;
  };
  const Case cases[] = {
      {"pids.max", "max\n", "33", "max"},
      {"cpu.max", "20000 100000\n", "max 50000", "20000 100000"},
      {"cpuset.cpus", "\n", "0", "\n"},
      {"memory.oom_control", "oom_kill_disable 1\nunder_oom 0\noom_kill 0\n", "0", "1"},
      {"io.max", "7:1 rbps=9 wbps=max riops=max wiops=max\n7:10 rbps=8 wbps=max\n", "7:1 wbps=5",
       "7:1 rbps=9 wbps=max riops=max wiops=max"},
      {"io.max", "", "7:1 wbps=5", "7:1 rbps=max wbps=max riops=max wiops=max"},
      {"io.weight", "default 100\n7:1 50\n", "300", "default 100"},
      {"io.weight", "default 100\n7:1 50\n", "7:1 20", "7:1 50"},
      {"io.weight", "default 100\n", "7:2 20", "7:2 default"},
      {"blkio.throttle.read_bps_device", "7:1 1024\n", "7:2 5", "7:2 0"},
      {"rdma.max", "mlx5_1 hca_handle=3 hca_object=max\n", "mlx5_1 hca_handle=1",
       "mlx5_1 hca_handle=3 hca_object=max"},
      {"schemata", "    L3:0=ff;1=ff\n    MB:0=100\n", "L3:0=f\n", "L3:0=ff;1=ff\n"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.file, one.value);
    CHECK(value_before(one.file, one.text, one.value) == one.before);
  }
}

/// A container's cgroup with some files, and a container that can be updated.
class Standing {
 public:
  Standing() {
    directory_ = group.plan_for("box");
    directory_.hierarchy.controllers = {"pids", "devices"};
    group.make("box");
    group.write("box/pids.max", "10\n");
    group.write("box/pids.low", "20\n");
  }

  /// Something that can be read and takes no text.
  void write_refusing(const std::string& name) const {
    std::filesystem::create_symlink("/proc/self/timerslack_ns", group.at("box/" + name));
  }
  std::vector<FileChange> read(const std::vector<plan::CgroupWrite>& writes) const {
    return read_changes({directory_}, writes);
  }

  FakeCgroups group;
  std::vector<std::string> failures;

 private:
  plan::CgroupDirectory directory_;
};

plan::CgroupWrite write_of(std::string file, std::string value) {
  return {
      .controller = "pids", .file = std::move(file), .value = std::move(value), .origin = "--flag"};
}

TEST_CASE("a value that a file has already is not written") {
  const Standing box;
  const auto changes = box.read({write_of("pids.max", "10"), write_of("pids.low", "21")});
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].path == box.group.at("box/pids.low"));
  CHECK(changes[0].before == "20");
}

TEST_CASE("a file that the kernel lacks is an error, unless the value needs none") {
  const Standing box;
  plan::CgroupWrite write = write_of("pids.none", "1");
  try {
    (void)box.read({write});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Unsupported);
    CHECK(error.origin() == "--flag");
    CHECK_THAT(error.message(), Catch::Contains("box/pids.none"));
  }
  write.is_default = true;
  CHECK(box.read({write}).empty());
  write.other_file = "pids.max";
  write.other_value = "11";
  CHECK(box.read({write}).at(0).value == "11");
}

TEST_CASE(
    "a file that cannot be read, so that nothing could be undone, is an error at its origin") {
  const Standing box;
  box.group.make("box/memory.reclaim");  // reading a directory is refused, as the kernel's file is
  try {
    (void)box.read({write_of("memory.reclaim", "1")});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.origin() == "--flag");
    CHECK_THAT(error.message(), Catch::Contains("box/memory.reclaim"));
  }
}

TEST_CASE("if one value is refused, those that were written are as they were") {
  Standing box;
  box.write_refusing("pids.bad");
  {
    Changes changes(box.read({write_of("pids.max", "77"), write_of("pids.bad", "nonsense"),
                              write_of("pids.low", "88")}),
                    box.failures);
    try {
      changes.make();
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.origin() == "--flag");
      CHECK_THAT(error.message(), Catch::Contains("write 'nonsense' to '"));
    }
    // What comes after the bad one was written, too: the bad one might have needed it.
    CHECK(box.group.read("box/pids.low") == "88\n");
  }
  CHECK(box.group.read("box/pids.max") == "10\n");
  CHECK(box.group.read("box/pids.low") == "20\n");
  CHECK(box.failures.empty());
}

TEST_CASE("what was kept stays") {
  Standing box;
  {
    Changes changes(box.read({write_of("pids.max", "77")}), box.failures);
    changes.make();
    changes.keep();
  }
  CHECK(box.group.read("box/pids.max") == "77\n");
}

TEST_CASE("a value that cannot be restored is reported, and the others are restored") {
  Standing box;
  auto list = box.read({write_of("pids.max", "77"), write_of("pids.low", "88")});
  box.write_refusing("pids.stuck");
  list[0].undo_path = box.group.at("box/pids.stuck");
  list[0].undo_value = "nonsense";
  {
    Changes changes(std::move(list), box.failures);
    changes.make();
  }
  CHECK(box.group.read("box/pids.low") == "20\n");
  REQUIRE(box.failures.size() == 1);
  CHECK_THAT(box.failures[0], Catch::Contains("pids.stuck"));
}

TEST_CASE("a kernel that accepts a limit and keeps another one is reported") {
  Standing box;
  // It shows in hexadecimal what it takes in decimal, so this value changes nothing.
  const std::string file = "/proc/self/coredump_filter";
  std::filesystem::create_symlink(file, box.group.at("box/pids.deaf"));
  const auto value = std::stoul(sys::read_file(file), nullptr, 16);
  Changes changes(box.read({write_of("pids.deaf", std::to_string(value))}), box.failures);
  try {
    changes.make();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.origin() == "--flag");
    CHECK_THAT(error.message(), Catch::Contains("but keeps '000000"));
  }
}

TEST_CASE("of two values for one file the later one stays, even if it is the value before") {
  Standing box;
  {
    Changes changes(box.read({write_of("pids.max", "77"), write_of("pids.max", "10")}),
                    box.failures);
    changes.make();
    CHECK(box.group.read("box/pids.max") == "10\n");
    changes.keep();
  }
  CHECK(box.read({write_of("pids.max", "10"), write_of("pids.max", "77")}).size() == 1);
}

TEST_CASE("RS-DEV-1: an undo that cannot give all devices back is reported") {
  Standing box;
  box.group.write("box/devices.deny", "");
  const plan::CgroupWrite deny{
      .controller = "devices", .file = "devices.deny", .value = "a", .origin = "/d"};
  {
    Changes changes(box.read({deny, write_of("pids.max", "77")}), box.failures);
    changes.make();
  }
  CHECK(box.group.read("box/pids.max") == "10\n");
  REQUIRE(box.failures.size() == 1);
  CHECK_THAT(box.failures[0], Catch::Contains("devices.deny' took 'a'"));
}

TEST_CASE("a kernel that rounds bytes down to pages has taken the value") {
  Standing box;
  box.group.write("box/pids.max", "8192\n");
  Changes changes(box.read({write_of("pids.max", "8193")}), box.failures);
  CHECK_NOTHROW(changes.make());
  changes.keep();
}

TEST_CASE("RS-DEV-1: a rule of devices is taken back by its opposite, all devices are not") {
  const Standing box;
  plan::CgroupWrite write{
      .controller = "devices", .file = "devices.allow", .value = "c 1:3 r", .origin = "/d"};
  const FileChange allowed = box.read({write}).at(0);
  CHECK(allowed.undo_path == box.group.at("box/devices.deny"));
  CHECK(allowed.undo_value == "c 1:3 r");
  write.file = "devices.deny";
  CHECK(box.read({write}).at(0).undo_path == box.group.at("box/devices.allow"));
  write.value = "a";
  CHECK(box.read({write}).at(0).undo_path.empty());
}

}  // namespace
}  // namespace berth::cgroup
