// System calls that musl has no function for, or that the two C libraries declare with different
// types. Their constants come from the kernel: its <linux/mount.h> cannot stand beside glibc's
// <sys/mount.h>.
#pragma once

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace berth::sys {

template <class... Operands>
int call(long number, Operands... operands) {
  return static_cast<int>(::syscall(number, operands...));
}

inline int close_range(unsigned first, unsigned last, unsigned flags) {
  return call(SYS_close_range, first, last, flags);
}

inline int open_tree(int directory, const char* path, unsigned flags) {
  return call(SYS_open_tree, directory, path, flags);
}

inline int mount_setattr(int directory, const char* path, unsigned flags,
                         const mount_attr& attributes) {
  return call(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes);
}

inline int fsopen(const char* type) { return call(SYS_fsopen, type, FSOPEN_CLOEXEC); }

inline int fsconfig_create(int context) {
  return call(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
}

inline int fsconfig_string(int context, const char* key, const char* value) {
  return call(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0);
}

inline int fsconfig_flag(int context, const char* key) {
  return call(SYS_fsconfig, context, FSCONFIG_SET_FLAG, key, nullptr, 0);
}

inline int fsmount(int context, unsigned attributes) {
  return call(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
}

inline int move_mount(int mount, const char* path) {
  return call(SYS_move_mount, mount, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
}

/// Onto an open file or directory.
inline int move_mount(int mount, int place) {
  return call(SYS_move_mount, mount, "", place, "",
              MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

}  // namespace berth::sys
