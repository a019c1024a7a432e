#include <catch2/catch.hpp>

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "runtime/linux/base/time.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/shared_map.h"
#include "runtime/linux/namespaces/mount_id.h"
#include "runtime/linux/namespaces/namespaces.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/scheduler.h"
#include "runtime/linux/security/privileges.h"
#include "spec/error.h"
#include "tests/unit/temporary_directory.h"

namespace berth::sys {
namespace {

TEST_CASE("a capability has exactly one name") {
  struct Row {
    const char* name;
    std::optional<int> number;
  };
  const std::vector<Row> rows = {
      {"CAP_CHOWN", 0},     {"CAP_KILL", 5},  {"CAP_CHECKPOINT_RESTORE", 40},
      {"cap_kill", {}},     {"CAP_kill", {}}, {"KILL", {}},
      {"CAP_CAP_KILL", {}}, {"CAP_", {}},     {"", {}},
      {"CAP_5", {}},        {"CAP_KILL ", {}}};
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(capability_number(row.name) == row.number);
  }
}

TEST_CASE("a path leads to the mount that mountinfo has there") {
  const std::uint64_t id = mount_id_of("/proc");
  CHECK(("\n" + read_file("/proc/self/mountinfo")).find("\n" + std::to_string(id) + " ") !=
        std::string::npos);
  CHECK(mount_id_of("/proc/self/status") == id);
  CHECK(mount_id_of("/") != id);
  CHECK(mount_id_of("/nowhere") == 0);
}

TEST_CASE("berth's capabilities, and the highest of the kernel, are what /proc shows") {
  const CapabilityBounds bounds = capability_bounds(~std::uint64_t{0});
  CHECK(std::to_string(bounds.last) + "\n" == read_file("/proc/sys/kernel/cap_last_cap"));
  const std::string status = read_file("/proc/self/status");
  const auto shown = [&](const std::string& name) {
    return std::stoull(status.substr(status.find(name) + name.size()), nullptr, 16);
  };
  CHECK(bounds.set == shown("CapBnd:"));
  CHECK(effective_capabilities() == shown("CapEff:"));
  constexpr std::uint64_t kAsked = 0b101;
  CHECK(capability_bounds(kAsked).set == (bounds.set & kAsked));
}

TEST_CASE("berth runs on the processors that it is pinned to, and on all of before afterwards") {
  const auto allowed = [] {
    cpu_set_t set = {};
    REQUIRE(::sched_getaffinity(0, sizeof set, &set) == 0);
    std::vector<int> processors;
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(i, &set)) processors.push_back(i);
    }
    return processors;
  };
  const std::vector<int> before = allowed();
  const auto last = static_cast<std::size_t>(before.back());
  std::vector<std::uint32_t> mask(last / 32 + 1);
  mask.back() = std::uint32_t{1} << (last % 32);
  OwnAffinity affinity;
  affinity.pin(mask, "the last one");
  CHECK(allowed() == std::vector<int>{before.back()});
  affinity.restore();
  CHECK(allowed() == before);
  CHECK_THROWS_WITH(affinity.pin({0}, "none"), "sched_setaffinity 'none': invalid argument");
}

TEST_CASE("a hard limit is raised, never lowered, and the soft one stays") {
  rlimit before = {}, after = {};
  REQUIRE(::getrlimit(RLIMIT_CORE, &before) == 0);
  CHECK(hard_limit(RLIMIT_CORE) == before.rlim_max);
  raise_hard_limit(own_pid(), RLIMIT_CORE, 0);
  REQUIRE(::getrlimit(RLIMIT_CORE, &after) == 0);
  CHECK(after.rlim_max == before.rlim_max);
  CHECK(after.rlim_cur == before.rlim_cur);
}

TEST_CASE("a namespace path has to be of the type that is asked for (NS-3)") {
  CHECK(open_namespace("/proc/self/ns/net", CLONE_NEWNET));
  CHECK_THROWS_WITH(open_namespace("/proc/self/ns/net", CLONE_NEWPID),
                    "'/proc/self/ns/net' is a network namespace, not a pid namespace");
  CHECK_THROWS_WITH(open_namespace("/dev/null", CLONE_NEWNET),
                    "'/dev/null' is not a namespace but another kind of file");
  const TemporaryDirectory place;
  REQUIRE(::mkfifo((place / "fifo").c_str(), 0600) == 0);
  CHECK_THROWS_AS(open_namespace(place / "fifo", CLONE_NEWNET), Error);  // and does not wait
  CHECK_THROWS_WITH(open_namespace("/proc/self/ns/no", CLONE_NEWNET),
                    "open '/proc/self/ns/no': no such file or directory");
}

TEST_CASE("a moment is written in UTC with nanoseconds") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00.000000000Z");
  CHECK(rfc3339(1'709'251'199'000'000'001) == "2024-02-29T23:59:59.000000001Z");
  CHECK(rfc3339_now() > "2024");
  CHECK(rfc3339_now().size() == std::strlen("1970-01-01T00:00:00.000000000Z"));
}

TEST_CASE("a shared map is zeroed, and its descriptor is the same memory") {
  const SharedMap map("stamps", 100);
  char* const bytes = static_cast<char*>(map.data());
  CHECK(std::string(bytes, map.size()) == std::string(100, '\0'));
  std::strcpy(bytes, "seen");
  std::array<char, 5> seen = {};
  REQUIRE(::pread(map.fd().get(), seen.data(), seen.size(), 0) == 5);
  CHECK(std::string(seen.data()) == "seen");
}

}  // namespace
}  // namespace berth::sys
