#include "runtime/linux/namespaces/device.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/process/open_in_child.h"

namespace berth::sys {

namespace {

constexpr char kName[] = "device";

void check(int result, const char* call) {
  if (result < 0) fail_errno(call, kName);
}

Fd check_fd(int fd, const char* call) {
  check(fd, call);
  return Fd(fd);
}

/// Mounts a tmpfs over the root of this mount namespace, which ends with the child. Before Linux
/// 6.15 open_tree(2) clones only what is attached to a mount namespace.
Fd mount_over_root() {
  mount_attr unshared = {};
  unshared.propagation = MS_PRIVATE;
  check(mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, unshared), "mount_setattr");
  const Fd context = check_fd(fsopen("tmpfs"), "fsopen");
  check(fsconfig_create(context.get()), "fsconfig");
  constexpr unsigned kAttributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  Fd mount = check_fd(fsmount(context.get(), kAttributes), "fsmount");
  check(move_mount(mount.get(), "/"), "move_mount");
  return mount;
}

dev_t number_of(const DeviceNode& node) { return makedev(node.major_number, node.minor_number); }

bool is_equal(const struct stat& found, const DeviceNode& node) {
  return found.st_mode == node.mode && found.st_rdev == number_of(node) &&
         found.st_uid == node.uid && found.st_gid == node.gid;
}

std::string words_of(const DeviceNode& node) {
  std::array<char, 120> words = {};
  (void)std::snprintf(words.data(), words.size(), "number %u:%u, mode 0%o, owner %u:%u",
                      node.major_number, node.minor_number, node.mode & 07777, node.uid, node.gid);
  return words.data();
}

DeviceNode node_of(const struct stat& found) {
  return {.mode = found.st_mode,
          .major_number = major(found.st_rdev),
          .minor_number = minor(found.st_rdev),
          .uid = found.st_uid,
          .gid = found.st_gid};
}

Fd clone_equal_node(const std::string& path, const DeviceNode& node) {
  Fd clone(open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!clone) fail_errno("mknod is refused here; bind the host's", path);
  struct stat found = {};
  check(::fstat(clone.get(), &found), "fstat");
  if (!is_equal(found, node)) {
    fail(ErrorKind::Config, "mknod is refused here, and the host's '" + path +
                                "', which could be bound, has " + words_of(node_of(found)) +
                                ", not " + words_of(node));
  }
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  check(mount_setattr(clone.get(), "", AT_EMPTY_PATH, attributes), "mount_setattr");
  return clone;
}

}  // namespace

Fd make_device(const DeviceNode& node, const std::string& path) {
  return open_in_child(CLONE_NEWNS, [&] {
    const Fd mount = mount_over_root();
    const int made = ::mknodat(mount.get(), kName, node.mode, number_of(node));
    if (made < 0 && errno == EPERM) return clone_equal_node(path, node);
    check(made, "mknod");
    check(::fchownat(mount.get(), kName, node.uid, node.gid, AT_SYMLINK_NOFOLLOW), "chown");
    // The mode is set again, because the umask has removed bits from mknod's and chown clears
    // set-id bits.
    check(::fchmodat(mount.get(), kName, node.mode & 07777, 0), "chmod");
    return check_fd(open_tree(mount.get(), kName, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
                    "open_tree");
  });
}

}  // namespace berth::sys
