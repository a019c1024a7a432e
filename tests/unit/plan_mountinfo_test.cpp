#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/unit/mount_ids.h"

namespace berth::plan {
namespace {

using Paths = std::vector<std::string>;

constexpr char kUsual[] =
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "2 1 0:5 / /proc rw shared:5 - proc proc rw\n"
    "3 1 0:6 / /sys rw - sysfs sysfs rw\n"
    "4 3 0:7 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n";

KernelMounts found_in(const std::string& mountinfo) {
  return find_kernel_mounts(mountinfo, last_mount_in(mountinfo));
}

TEST_CASE("every procfs and sysfs of the host is found, the last first") {
  const KernelMounts found =
      found_in(std::string(kUsual) + "5 1 0:8 / /a\\040b/proc ro - proc none rw\n");
  CHECK(found.paths == Paths{"/a b/proc", "/sys", "/proc"});
  CHECK(found.unreachable.empty());
}

TEST_CASE("a bind mount of a part of a procfs does not count as a procfs") {
  CHECK(found_in("5 1 0:5 /sys /a ro - proc proc rw\n").paths.empty());
}

TEST_CASE("what lies on one has to go first") {
  const KernelMounts found = found_in(std::string(kUsual) +
                                      "5 2 0:9 / /proc rw - tmpfs none rw\n"
                                      "6 5 0:8 / /proc rw - proc none rw\n");
  CHECK(found.paths == Paths{"/proc", "/proc", "/proc", "/sys"});
  CHECK(found.unreachable.empty());
}

TEST_CASE("one that its path does not lead to cannot be reached") {
  const std::string mounts = std::string(kUsual) + "5 1 0:8 / /a/proc rw - proc none rw\n";
  const auto below = [&](const std::string& path) {
    return path == "/a/proc" ? std::uint64_t{1} : last_mount_in(mounts)(path);
  };
  CHECK(find_kernel_mounts(mounts, below).unreachable == "/a/proc");
  CHECK(found_in(mounts).unreachable.empty());
}

TEST_CASE("of many mounts only those of a type are parsed") {
  const std::string text =
      "1 0 0:1 / /a-cgroup rw - tmpfs cgroup rw\n2 1 0:2 / /b rw shared:3 - cgroup x rw,cpu\n"
      "broken - cgroup\n3 1 0:3 / /c rw - cgroup2 y rw\n4 1 0:4 / /d rw - cgroup z rw,pids";
  std::vector<std::string_view> places;
  for (const MountLine& mount : parse_mounts_of("cgroup", text)) places.push_back(mount.mountpoint);
  CHECK(places == std::vector<std::string_view>{"/b", "/c", "/d"});
  CHECK(parse_mounts_of("resctrl", text).empty());
}

TEST_CASE("a text whose parents go in circles comes to an end") {
  const std::string circle = "1 2 0:1 / /a rw - tmpfs c rw\n2 1 0:1 / /a rw - tmpfs t rw\n";
  const auto in_circle = [](const std::string&) { return std::uint64_t{1}; };
  CHECK(find_kernel_mounts(circle + "3 1 0:5 / /a rw - proc p rw\n", in_circle).unreachable ==
        "/a");
}

}  // namespace
}  // namespace berth::plan
