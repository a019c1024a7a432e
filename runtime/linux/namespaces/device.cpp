#include "runtime/linux/namespaces/device.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

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

}  // namespace

Fd make_device(const DeviceNode& node) {
  return open_in_child(CLONE_NEWNS, [&] {
    const Fd mount = mount_over_root();
    const dev_t number = makedev(node.major_number, node.minor_number);
    check(::mknodat(mount.get(), kName, node.mode, number), "mknod");
    check(::fchownat(mount.get(), kName, node.uid, node.gid, AT_SYMLINK_NOFOLLOW), "chown");
    // The mode is set again, because the umask has removed bits from mknod's and chown clears
    // set-id bits.
    check(::fchmodat(mount.get(), kName, node.mode & 07777, 0), "chmod");
    return check_fd(open_tree(mount.get(), kName, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
                    "open_tree");
  });
}

}  // namespace berth::sys
