#include "runtime/linux/namespaces.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>

#include "runtime/linux/file.h"
#include "runtime/linux/system_error.h"

namespace berth::sys {

namespace {

constexpr int kTimeNamespace = 0x80;  // CLONE_NEWTIME: in no header of glibc 2.36

struct TypeWords {
  int type;
  const char* words;
};
constexpr std::array kTypes = {TypeWords{CLONE_NEWPID, "a pid namespace"},
                               TypeWords{CLONE_NEWNET, "a network namespace"},
                               TypeWords{CLONE_NEWNS, "a mount namespace"},
                               TypeWords{CLONE_NEWIPC, "an ipc namespace"},
                               TypeWords{CLONE_NEWUTS, "a uts namespace"},
                               TypeWords{CLONE_NEWUSER, "a user namespace"},
                               TypeWords{CLONE_NEWCGROUP, "a cgroup namespace"},
                               TypeWords{kTimeNamespace, "a time namespace"}};

std::string words_for(int type) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const TypeWords& one) { return one.type == type; });
  return found == kTypes.end() ? "a namespace of type " + std::to_string(type) : found->words;
}

}  // namespace

Fd open_namespace(const std::string& path, int type) {
  // O_NONBLOCK: whatever else the path names, opening it must not wait.
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

}  // namespace berth::sys
