#include "runtime/linux/namespaces/namespaces.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"

namespace berth::sys {

namespace {

constexpr int kTimeNamespace = 0x80;  // CLONE_NEWTIME, which glibc 2.36 does not define

struct TypeWords {
  int type;
  const char* file;  ///< below /proc/PID/ns
  const char* words;
};
constexpr std::array kTypes = {TypeWords{CLONE_NEWPID, "pid", "a pid namespace"},
                               TypeWords{CLONE_NEWNET, "net", "a network namespace"},
                               TypeWords{CLONE_NEWNS, "mnt", "a mount namespace"},
                               TypeWords{CLONE_NEWIPC, "ipc", "an ipc namespace"},
                               TypeWords{CLONE_NEWUTS, "uts", "a uts namespace"},
                               TypeWords{CLONE_NEWUSER, "user", "a user namespace"},
                               TypeWords{CLONE_NEWCGROUP, "cgroup", "a cgroup namespace"},
                               TypeWords{kTimeNamespace, "time", "a time namespace"}};

/// Null for a type that berth does not know.
const TypeWords* find_type(int type) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const TypeWords& one) { return one.type == type; });
  return found == kTypes.end() ? nullptr : &*found;
}

std::string words_for(int type) {
  const TypeWords* const found = find_type(type);
  return found == nullptr ? "a namespace of type " + std::to_string(type) : found->words;
}

}  // namespace

Fd open_namespace(const std::string& path, int type) {
  // With O_NONBLOCK the open does not block if the path names a pipe instead.
  Fd fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct statfs status = {};
  if (::fstatfs(fd.get(), &status) < 0) fail_errno("statfs", path);
  if (status.f_type != NSFS_MAGIC) {
    fail(ErrorKind::Config, "'" + path + "' is not a namespace but another kind of file");
  }
  const int found = ::ioctl(fd.get(), NS_GET_NSTYPE);
  if (found < 0) fail_errno("ioctl NS_GET_NSTYPE", path);
  if (found != type) {
    fail(ErrorKind::Config, "'" + path + "' is " + words_for(found) + ", not " + words_for(type));
  }
  return fd;
}

void refuse_own_namespace(const Fd& space, const std::string& path, int type) {
  const TypeWords* const row = find_type(type);
  if (row == nullptr) fail(ErrorKind::Bug, "no such type of namespace");
  const std::string own_path = std::string("/proc/self/ns/") + row->file;
  struct stat opened = {}, own = {};
  if (::fstat(space.get(), &opened) < 0) fail_errno("stat", path);
  if (::stat(own_path.c_str(), &own) < 0) fail_errno("stat", own_path);
  if (opened.st_ino != own.st_ino || opened.st_dev != own.st_dev) return;
  fail(ErrorKind::Config, "would be set on the host: '" + path + "' is its own namespace");
}

}  // namespace berth::sys
