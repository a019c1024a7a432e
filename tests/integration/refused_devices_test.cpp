// Devices where a device program of the cgroup above forbids mknod, as podman's does for pods: the
// host's nodes are bound.
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <filesystem>
#include <optional>

#include "runtime/linux/cgroup/bpf.h"
#include "runtime/linux/files/file.h"
#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

// An instruction names the fields that it uses.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::test {
namespace {

/// Allows all access but BPF_DEVCG_ACC_MKNOD.
std::vector<bpf_insn> program_without_mknod() {
  constexpr int kAccessShift = 16;
  bpf_insn load = {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_1};
  load.off = offsetof(bpf_cgroup_dev_ctx, access_type);
  return {load,
          {.code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = BPF_REG_2, .imm = kAccessShift},
          {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
          {.code = BPF_JMP | BPF_JSET | BPF_K,
           .dst_reg = BPF_REG_2,
           .off = 1,
           .imm = BPF_DEVCG_ACC_MKNOD},
          {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
          {.code = BPF_JMP | BPF_EXIT}};
}

/// A v2 cgroup in which no process can make a device; gone with the test.
class Pod {
 public:
  explicit Pod(const CgroupDirectory& hierarchy)
      : name_(Runtime::tag() + "-pod"), path_(hierarchy.mountpoint + "/" + name_) {
    std::filesystem::create_directory(path_);
    sys::attach_device_program(sys::open_dir(path_),
                               sys::load_device_program(program_without_mknod()));
  }
  Pod(const Pod&) = delete;
  Pod& operator=(const Pod&) = delete;
  ~Pod() {
    CHECK(eventually([&] { return rmdir(path_.c_str()) == 0; }));
  }

  /// The container's cgroup will be below it.
  Bundle& put(Bundle& bundle) const {
    return bundle.set("/linux/cgroupsPath", "\"/" + name_ + "/box\"");
  }
  /// The command itself is in it.
  Command enter(Command command) const {
    command.prepare = [path = path_] {
      const int fd = open((path + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
      if (fd < 0 || write(fd, "0", 1) != 1) _exit(99);
    };
    return command;
  }

 private:
  std::string name_, path_;
};

std::optional<CgroupDirectory> find_unified() {
  auto unified = unified_directory(0);
  if (!unified) skip("only a v2 cgroup has device programs");
  return unified;
}

/// A node of the host, c 1:5 0640 7:8, and a container that lists it with the same path.
class Listed {
 public:
  explicit Listed(Machine& machine) : path_(machine.place() + "/node") {
    REQUIRE(mknod(path_.c_str(), S_IFCHR | 0640, makedev(1, 5)) == 0);
    REQUIRE(chmod(path_.c_str(), 0640) == 0);
    REQUIRE(chown(path_.c_str(), 7, 8) == 0);
  }
  Bundle& list(Bundle& bundle, int uid, int gid) const {
    return bundle.set("/linux/devices", R"([{"type": "c", "major": 1, "minor": 5, "path": ")" +
                                            path_ + R"(", "fileMode": 416, "uid": )" +
                                            std::to_string(uid) + R"(, "gid": )" +
                                            std::to_string(gid) + "}]");
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST_CASE_METHOD(Machine,
                 "where a device program forbids mknod the default devices are the host's (DD-1)",
                 "[devices][cgroups][berth]") {
  const auto unified = find_unified();
  if (!unified) return;
  const Pod pod(*unified);
  Bundle bundle = new_bundle();
  CHECK_THAT(run(pod.put(bundle),
                 "echo x > /dev/null; head -c 2 /dev/zero | wc -c; stat -c %t:%T /dev/tty; "
                 "mknod /dev/x c 1 3 2> /dev/null || echo refused"),
             Prints("2\n5:0\nrefused\n"));
}

TEST_CASE_METHOD(Machine, "a device is bound again in a root where one was bound before (DV-1)",
                 "[devices][cgroups][berth]") {
  const auto unified = find_unified();
  if (!unified) return;
  const Pod pod(*unified);
  const Listed listed(*this);
  Bundle bundle = new_bundle();
  pod.put(listed.list(bundle, 7, 8));
  CHECK_THAT(run(bundle, "stat -c %t:%T " + listed.path()), Prints("1:5\n"));
  CHECK_THAT(run(bundle, "stat -c %t:%T " + listed.path()), Prints("1:5\n"));
}

TEST_CASE_METHOD(Machine, "an empty file where mknod is allowed is no place for a device (DV-3)",
                 "[devices][berth]") {
  const Listed listed(*this);
  Bundle bundle = new_bundle();
  listed.list(bundle, 7, 8);
  const std::filesystem::path place = bundle.directory() + "/rootfs" + listed.path();
  std::filesystem::create_directories(place.parent_path());
  write_file(place, "");
  CHECK_THAT(run(bundle, "true"), Fails({listed.path(), "something else is there already"}));
}

TEST_CASE_METHOD(Machine, "a host's device that is bound cannot be changed by the container (DV-5)",
                 "[devices][cgroups][berth]") {
  const auto unified = find_unified();
  if (!unified) return;
  const Pod pod(*unified);
  const Listed listed(*this);
  Bundle bundle = new_bundle().capabilities({"CAP_FOWNER", "CAP_CHOWN", "CAP_DAC_OVERRIDE"});
  pod.put(listed.list(bundle, 7, 8));
  CHECK_THAT(
      run(bundle, "stat -c %u:%g:%a:%t:%T " + listed.path() + "; head -c 2 " + listed.path() +
                      " | wc -c; chmod 600 " + listed.path() + " 2> /dev/null || echo refused"),
      Prints("7:8:640:1:5\n2\nrefused\n"));
  struct stat status = {};
  REQUIRE(stat(listed.path().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
}

TEST_CASE_METHOD(
    Machine,
    "where mknod is refused a host's device that is not equal is an error that says in "
    "what (DV-1 DV-5)",
    "[devices][cgroups][berth]") {
  const auto unified = find_unified();
  if (!unified) return;
  const Pod pod(*unified);
  const Listed listed(*this);
  Bundle bundle = new_bundle();
  pod.put(listed.list(bundle, 7, 8));
  bundle.set("/linux/devices/0/fileMode", "384");
  CHECK_THAT(run(bundle), Fails({"/linux/devices/0", "'fileMode' 0640, not 0600"}));
  pod.put(listed.list(bundle, 7, 9));
  CHECK_THAT(run(bundle), Fails({"/linux/devices/0", "'uid' and 'gid' 7:8, not 7:9"}));
  pod.put(listed.list(bundle, 7, 8)).set("/linux/devices/0/minor", "7");
  CHECK_THAT(run(bundle), Fails({"/linux/devices/0", "is another device"}));
  REQUIRE(unlink(listed.path().c_str()) == 0);
  CHECK_THAT(run(bundle), Fails({"/linux/devices/0", "not permitted", "if there is one"}));
}

TEST_CASE_METHOD(Machine,
                 "where mknod is refused a device for a new user namespace is the host's, too "
                 "(DV-1 DV-5)",
                 "[devices][cgroups][berth]") {
  const auto unified = find_unified();
  if (!unified) return;
  const Pod pod(*unified);
  const Listed listed(*this);
  REQUIRE(chown(listed.path().c_str(), 100007, 100008) == 0);
  Bundle bundle = new_bundle().map_users(100000);
  // Root of the container is nobody in the image.
  std::filesystem::create_directories(bundle.in_image(place()));
  REQUIRE(chown(bundle.in_image(place()).c_str(), 100000, 100000) == 0);
  listed.list(bundle, 7, 8).script("stat -c %u:%g:%a:%t:%T " + listed.path());
  const auto run_in_pod = [&] {
    return run_command(
        pod.enter(runtime().command({"run", "--bundle", bundle.directory(), runtime().new_id()})));
  };
  CHECK_THAT(run_in_pod(), Prints("7:8:640:1:5\n"));
  bundle.set("/linux/devices/0/gid", "9");
  CHECK_THAT(run_in_pod(),
             Fails({"/linux/devices/0", "owner 100007:100008, not", "owner 100007:100009"}));
}

}  // namespace
}  // namespace berth::test
