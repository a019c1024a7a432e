#include <catch2/catch.hpp>

#include "tests/unit/mount_ids.h"

namespace berth::plan {
namespace {

using Mode = CgroupLayout::Mode;

const char kV1Mounts[] =
    "23 1 254:1 / / rw shared:1 - ext4 /dev/root rw\n"
    "31 23 0:28 / /sys/fs/cgroup rw shared:9 - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:10 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup "
    "rw,xattr,release_agent=/lib/agent,name=systemd\n";
const char kV1Own[] =
    "4:memory:/user/web\n"
    "3:pids:/\n"
    "2:cpu,cpuacct:/\n"
    "1:name=systemd:/init.scope\n";

const char kUnifiedMount[] = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
const char kUnifiedOwn[] = "0::/\n";

const char kV2Mounts[] =
    "23 1 254:1 / / rw - ext4 /dev/root rw\n"
    "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST_CASE("v1: every mounted hierarchy with its controllers (CG-PATH-1)") {
  const CgroupLayout layout = layout_of(kV1Mounts, kV1Own);
  CHECK(layout.mode == Mode::V1);
  REQUIRE(layout.hierarchies.size() == 3);  // pids is known to the kernel, but mounted nowhere
  CHECK(layout.hierarchies[0].name == "memory");
  CHECK(layout.hierarchies[0].own_path == "/user/web");
  CHECK(layout.hierarchies[1].controllers == std::vector<std::string>{"cpu", "cpuacct"});
  CHECK(layout.hierarchies[1].mountpoint == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(layout.hierarchies[2].name == "name=systemd");
  CHECK(layout.hierarchies[2].controllers.empty());
  CHECK(layout.find("cpuacct") == &layout.hierarchies[1]);
  CHECK(layout.find("pids") == nullptr);
  CHECK(layout.unified() == nullptr);
}

TEST_CASE("hybrid: v1 hierarchies and the unified one") {
  const CgroupLayout layout =
      layout_of(std::string(kV1Mounts) + kUnifiedMount, std::string(kV1Own) + kUnifiedOwn);
  CHECK(layout.mode == Mode::Hybrid);
  REQUIRE(layout.unified() != nullptr);
  CHECK(layout.unified()->mountpoint == "/sys/fs/cgroup/unified");
}

TEST_CASE("v2: one hierarchy, also where the kernel still lists v1 ones") {
  const CgroupLayout layout = layout_of(kV2Mounts, std::string(kV1Own) + "0::/user.slice\n");
  CHECK(layout.mode == Mode::V2);
  REQUIRE(layout.hierarchies.size() == 1);
  CHECK(layout.hierarchies[0].unified);
  CHECK(layout.hierarchies[0].own_path == "/user.slice");
}

TEST_CASE("no control groups at all") {
  const CgroupLayout layout = layout_of("23 1 254:1 / / rw - ext4 /dev/root rw\n", kV1Own);
  CHECK(layout.mode == Mode::None);
  CHECK(layout.hierarchies.empty());
}

TEST_CASE("container in a container: the mount whose root holds our own cgroup is taken") {
  const CgroupLayout layout = layout_of(
      "50 1 0:1 / / rw - overlay overlay rw\n"
      "51 50 0:32 /docker/other /mnt/other rw - cgroup cgroup rw,memory\n"
      "52 50 0:32 /../.. /mnt/foreign rw - cgroup cgroup rw,memory\n"
      "53 50 0:32 /docker/4f5 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "54 50 0:32 / /mnt/all rw - cgroup cgroup rw,memory\n",
      "4:memory:/docker/4f5/inner\n");
  REQUIRE(layout.hierarchies.size() == 1);
  CHECK(layout.hierarchies[0].mountpoint == "/sys/fs/cgroup/memory");
  CHECK(layout.hierarchies[0].root == "/docker/4f5");
}

TEST_CASE("a root is compared by components, not by bytes") {
  const CgroupLayout layout = layout_of(
      "50 1 0:1 / / rw - overlay overlay rw\n"
      "51 50 0:32 /docker/4 /mnt/sibling rw - cgroup2 cgroup2 rw\n"
      "52 50 0:32 /docker/4f5 /mnt/own rw - cgroup2 cgroup2 rw\n",
      "0::/docker/4f5\n");
  REQUIRE(layout.hierarchies.size() == 1);
  CHECK(layout.hierarchies[0].mountpoint == "/mnt/own");
}

TEST_CASE("a mount that none of them fits is better than none") {
  const CgroupLayout layout =
      layout_of("51 50 0:32 /docker/4 /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/\n");
  REQUIRE(layout.hierarchies.size() == 1);
  CHECK(layout.hierarchies[0].root == "/docker/4");
}

TEST_CASE("a mount that its path does not lead to does not count") {
  const std::string covered =
      std::string(kV1Mounts) + "60 35 0:50 / /sys/fs/cgroup/memory rw - tmpfs none rw\n";
  CHECK(layout_of(covered, kV1Own).find("memory") == nullptr);
  CHECK(layout_of(covered, kV1Own).find("cpu") != nullptr);
  const auto nowhere = [](const std::string&) { return std::uint64_t{0}; };
  CHECK(parse_cgroup_layout(kV1Mounts, kV1Own, nowhere).mode == Mode::None);
}

TEST_CASE("what lies on top of the cover is in sight") {
  const CgroupLayout layout = parse_cgroup_layout(
      std::string(kV1Mounts) + "60 31 0:50 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
      std::string(kV1Own) + kUnifiedOwn,
      [](const std::string& path) { return std::uint64_t{path == "/sys/fs/cgroup" ? 60u : 0u}; });
  CHECK(layout.mode == Mode::V2);
}

TEST_CASE("escapes in mountinfo are resolved, broken lines are passed over") {
  const CgroupLayout layout = layout_of(
      "garbage\n1 2 3\n\n51 50 0:32 / /odd\\040dir\\134x\\9 rw - cgroup2  rw\n", "x\n0::/\n:\n");
  REQUIRE(layout.hierarchies.size() == 1);
  CHECK(layout.hierarchies[0].mountpoint == "/odd dir\\x\\9");
}

}  // namespace
}  // namespace berth::plan
