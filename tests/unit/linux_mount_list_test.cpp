#include "runtime/linux/namespaces/mount_list.h"

#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <tuple>

#include "runtime/host/cgroup_layout.h"
#include "runtime/host/mountinfo.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/namespaces/mount_id.h"
#include "tests/unit/temporary_directory.h"

namespace berth::sys {
namespace {

using Lines = std::multiset<std::tuple<std::uint64_t, std::string, std::string>>;

/// The mounts of a type: their ids, roots and mountpoints.
Lines lines_of(std::string_view mountinfo, std::string_view type) {
  Lines lines;
  for (const plan::MountLine& mount : plan::parse_mountinfo(mountinfo)) {
    if (mount.type == type) lines.emplace(mount.id, mount.root, mount.mountpoint);
  }
  return lines;
}

std::string described(const plan::CgroupLayout& layout) {
  std::string text = layout.resctrl + "\n";
  for (const plan::CgroupHierarchy& one : layout.hierarchies) {
    text += one.name + " " + one.mountpoint + " " + one.root + "\n";
  }
  return text;
}

plan::CgroupLayout layout_of(const std::string& mountinfo) {
  return plan::parse_cgroup_layout(mountinfo, read_file("/proc/self/cgroup"), mount_id_of);
}

/// Runs `check` in a child; whether it returns true there.
bool holds_in_child(const std::function<bool()>& check) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(check() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

constexpr std::uint64_t kTmpfs[] = {TMPFS_MAGIC};

bool is_answered() {
  if (list_mounts(kTmpfs)) return true;
  WARN("skipped: this kernel has no statmount(2), or not all of it");
  return false;
}

TEST_CASE("mounts: the list and mountinfo make the same layout of cgroups") {
  const std::string whole = described(layout_of(plan::read_mountinfo()));
  CHECK(described(layout_of(plan::read_cgroup_mounts(plan::Where::Anywhere))) == whole);
  CHECK(described(plan::read_cgroup_layout(true)) == whole);
}

/// A mount namespace with more mounts than one call lists, at paths that mountinfo escapes.
bool make_many(const std::string& place) {
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  for (int i = 0; i < 300; ++i) {
    const std::string path = place + "/ a\tb\nc\\d" + std::to_string(i);
    if (::mkdir(path.c_str(), 0700) != 0) return false;
    if (::mount("none", path.c_str(), "tmpfs", 0, nullptr) != 0) return false;
  }
  return true;
}

TEST_CASE("mounts: hundreds of them are listed as mountinfo has them, with all escapes") {
  if (!is_answered()) return;
  const TemporaryDirectory place;
  const bool may_mount = holds_in_child([] { return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0; });
  if (!may_mount) {
    WARN("skipped: the caller may not make a user namespace");
    return;
  }
  CHECK(holds_in_child([&] {
    if (!make_many(place.path())) return false;
    const auto listed = list_mounts(kTmpfs);
    const std::string whole = plan::read_mountinfo();
    // Both have this magic number.
    const Lines expected = lines_of(whole, "tmpfs"), devices = lines_of(whole, "devtmpfs");
    return listed && expected.size() >= 300 && lines_of(*listed, "tmpfs") == expected &&
           lines_of(*listed, "devtmpfs") == devices &&
           plan::parse_mountinfo(*listed).size() == expected.size() + devices.size();
  }));
}

TEST_CASE("mounts: below a path only those are listed that are mounted there") {
  if (!is_answered()) return;
  const TemporaryDirectory place;
  const std::string top = place.path() + "/top", below = top + "/below";
  const std::string beside = place.path() + "/beside";
  for (const std::string& path : {top, below, beside}) ::mkdir(path.c_str(), 0700);
  if (!holds_in_child([] { return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0; })) {
    WARN("skipped: the caller may not make a user namespace");
    return;
  }
  CHECK(holds_in_child([&] {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
        ::mount(top.c_str(), top.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
        ::mount("none", below.c_str(), "tmpfs", 0, nullptr) != 0 ||
        ::mount("none", beside.c_str(), "tmpfs", 0, nullptr) != 0) {
      return false;
    }
    const std::string listed = list_mounts(kTmpfs, top.c_str()).value_or("");
    const auto lines = plan::parse_mountinfo(listed);
    return lines.size() == 1 && lines.front().mountpoint == below;
  }));
}

TEST_CASE("mounts: what is below a path that does not exist is not known") {
  CHECK(list_mounts(kTmpfs, "/does/not/exist") == std::nullopt);
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

TEST_CASE("mounts: where a call fails, mountinfo is read, whose other lines are there, too") {
  const unsigned call = GENERATE(457u, 458u);  // statmount, listmount
  const unsigned error = GENERATE(as<unsigned>{}, EPERM, ENOSYS, ENOMEM);
  CAPTURE(call, error);
  CHECK(holds_in_child([&] {
    return refuse(call, error) &&
           !lines_of(plan::read_cgroup_mounts(plan::Where::BelowSys), "proc").empty();
  }));
}

}  // namespace
}  // namespace berth::sys
