#include "runtime/linux/namespaces/mount_list.h"

#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
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

/// Makes a call fail in this process from now on, as filters around containers do.
bool refuse(unsigned call, unsigned error) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {.len = std::size(program), .filter = program};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST_CASE("mounts: where a call is refused, mountinfo is read") {
  const unsigned call = GENERATE(457u, 458u);  // statmount, listmount
  const unsigned error = GENERATE(as<unsigned>{}, EPERM, ENOSYS);
  const std::string whole = plan::read_mountinfo();
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_read = refuse(call, error) && plan::read_cgroup_mounts() == whole;
    ::_exit(is_read ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

}  // namespace
}  // namespace berth::sys
