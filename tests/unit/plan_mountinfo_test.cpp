#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "runtime/host/mountinfo.h"

namespace berth::plan {
namespace {

using Paths = std::vector<std::string>;

constexpr char kUsual[] =
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "2 1 0:5 / /proc rw shared:5 - proc proc rw\n"
    "3 1 0:6 / /sys rw - sysfs sysfs rw\n"
    "4 3 0:7 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n";

TEST_CASE("every procfs and sysfs of the host is found, the last first") {
  const KernelMounts found =
      find_kernel_mounts(std::string(kUsual) + "5 1 0:8 / /a\\040b/proc ro - proc none rw\n");
  CHECK(found.paths == Paths{"/a b/proc", "/sys", "/proc"});
  CHECK(found.buried.empty());
}

TEST_CASE("a part of a procfs is no view of the kernel") {
  CHECK(find_kernel_mounts("5 1 0:5 /sys /a ro - proc proc rw\n").paths.empty());
}

TEST_CASE("what lies on one has to go first") {
  const KernelMounts found = find_kernel_mounts(std::string(kUsual) +
                                                "5 2 0:9 / /proc rw - tmpfs none rw\n"
                                                "6 5 0:8 / /proc rw - proc none rw\n");
  CHECK(found.paths == Paths{"/proc", "/proc", "/proc", "/sys"});
  CHECK(found.buried.empty());
}

TEST_CASE("one below another mount cannot be reached") {
  CHECK(find_kernel_mounts(std::string(kUsual) + "5 1 0:8 / /a/proc rw - proc none rw\n"
                                                 "6 1 0:9 / /a rw - tmpfs none rw\n")
            .buried == "/a/proc");
}

}  // namespace
}  // namespace berth::plan
