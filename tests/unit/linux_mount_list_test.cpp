#include "runtime/linux/namespaces/mount_list.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <catch2/catch.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <tuple>

#include "runtime/host/mountinfo.h"

namespace berth::sys {
namespace {

using Seen = std::set<std::tuple<std::uint64_t, std::string, std::string, std::string>>;

Seen seen_in(std::string_view mountinfo, std::string_view type) {
  Seen seen;
  for (const plan::MountLine& mount : plan::parse_mountinfo(mountinfo)) {
    if (mount.type == type) seen.emplace(mount.id, mount.root, mount.mountpoint, mount.type);
  }
  return seen;
}

TEST_CASE("mounts: the kernel lists those of a type as mountinfo has them") {
  constexpr std::uint64_t kProc[] = {PROC_SUPER_MAGIC};
  const auto listed = list_mounts(kProc);
  if (!listed) {
    WARN("skipped: this kernel has no statmount(2), or not all of it");
    return;
  }
  const Seen expected = seen_in(plan::read_mountinfo(), "proc");
  REQUIRE_FALSE(expected.empty());
  CHECK(seen_in(*listed, "proc") == expected);
  CHECK(plan::parse_mountinfo(*listed).size() == expected.size());  // nothing else
}

TEST_CASE("mounts: the list and mountinfo make the same layout of cgroups") {
  const std::string listed = plan::read_cgroup_mounts(), whole = plan::read_mountinfo();
  CHECK(seen_in(listed, "cgroup") == seen_in(whole, "cgroup"));
  CHECK(seen_in(listed, "cgroup2") == seen_in(whole, "cgroup2"));
}

}  // namespace
}  // namespace berth::sys
