// System calls for which musl has no function, or a function that does more than the call. Each
// returns the kernel's result, or -1 with errno.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <type_traits>

#include "runtime/init/base/fd.h"

namespace berth::init::sys {

template <class T>
long word(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<long>(value);
  } else {
    return static_cast<long>(value);
  }
}

/// Widens each argument: syscall(2) reads whole registers.
template <class... T>
int call(long number, T... arguments) {
  return static_cast<int>(::syscall(number, word(arguments)...));
}

/// Adds O_CLOEXEC. If a rename races with the resolution (EAGAIN), the call is tried again, up to a
/// limit.
inline Fd openat2(int dir, const char* path, int flags, std::uint64_t resolve) {
  constexpr int kTries = 128;
  const open_how how{
      .flags = static_cast<unsigned>(flags | O_CLOEXEC), .mode = 0, .resolve = resolve};
  int fd = -1;
  for (int tries = 0; tries < kTries; ++tries) {
    fd = call(SYS_openat2, dir, path, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) break;
  }
  return Fd(fd);
}

inline Fd open_tree_clone(int fd, unsigned flags = 0) {
  return Fd(
      call(SYS_open_tree, fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | flags));
}

/// Repeats a call that failed for a reason that may pass. ECONNRESET: the peer has closed, and left
/// a message of init's unread; the kernel reports that once, before the messages that the peer has
/// sent. The number of tries is bounded: if memory or descriptors stay short, that is an error like
/// any other.
template <class Call>
auto retry_transient(Call call) {
  constexpr int kTries = 100;
  constexpr timespec kPause = {.tv_sec = 0, .tv_nsec = 10'000'000};
  auto result = call();
  for (int tries = 1; result < 0 && tries < kTries; ++tries) {
    const bool is_short = errno == ENOMEM || errno == ENOBUFS || errno == ENFILE || errno == EMFILE;
    if (!is_short && errno != EINTR && errno != ECONNRESET && errno != ECONNABORTED) break;
    if (is_short) nanosleep(&kPause, nullptr);
    result = call();
  }
  return result;
}

/// A message of one part, with this room for descriptors. unix(7), SCM_RIGHTS
inline msghdr message_with(iovec& part, void* control, std::size_t size) {
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = static_cast<decltype(message.msg_controllen)>(size);
  return message;
}

/// Sends one message that carries a descriptor.
inline int send_descriptor(int socket, void* bytes, std::size_t size, int fd) {
  iovec data{.iov_base = bytes, .iov_len = size};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
  msghdr message = message_with(data, control, sizeof control);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  return static_cast<int>(sendmsg(socket, &message, MSG_NOSIGNAL));
}

/// Receives the descriptor that comes with the next message; -1 without one.
inline int receive_descriptor(int socket) {
  char byte = 0;
  iovec data{.iov_base = &byte, .iov_len = sizeof byte};
  int fd = -1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
  msghdr message = message_with(data, control, sizeof control);
  if (retry_transient([&] { return recvmsg(socket, &message, MSG_CMSG_CLOEXEC); }) <= 0) return -1;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return -1;
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return fd;
}

/// Mounts `from` on what `to` names.
inline int move_mount(int from, int to) {
  return call(SYS_move_mount, from, "", to, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/// Changes attributes (MOUNT_ATTR_*) and, unless it is 0, the propagation (MS_*).
inline int mount_setattr(int dir, const char* path, unsigned flags, std::uint64_t set,
                         std::uint64_t clear, std::uint64_t propagation) {
  const mount_attr attributes{
      .attr_set = set, .attr_clr = clear, .propagation = propagation, .userns_fd = 0};
  return call(SYS_mount_setattr, dir, path, flags, &attributes, sizeof attributes);
}

inline Fd fsopen(const char* type) { return Fd(call(SYS_fsopen, type, FSOPEN_CLOEXEC)); }

inline int fsconfig(int context, fsconfig_command command, const char* key, const char* value) {
  return call(SYS_fsconfig, context, command, key, value, 0);
}

/// Creates the file system as configured and mounts it, detached.
inline Fd create_and_mount(int context, std::uint64_t attributes) {
  if (fsconfig(context, FSCONFIG_CMD_CREATE, nullptr, nullptr) < 0) return Fd();
  return Fd(call(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes));
}

inline int close_range(unsigned first, unsigned last, unsigned flags) {
  return first > last ? 0 : call(SYS_close_range, first, last, flags);
}

inline Fd duplicate(int fd) { return Fd(fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

/// Like fork(2), with a handle of the child that cannot refer to another process.
inline pid_t fork(int& pidfd) {
  clone_args arguments = {};
  arguments.flags = CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  return call(SYS_clone3, &arguments, sizeof arguments);
}

/// Sets the three sets of this thread. capset(2)
inline int set_capabilities(std::uint64_t permitted, std::uint64_t effective,
                            std::uint64_t inheritable) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  for (unsigned half = 0; half < _LINUX_CAPABILITY_U32S_3; ++half) {
    data[half] = {.effective = static_cast<std::uint32_t>(effective >> (32 * half)),
                  .permitted = static_cast<std::uint32_t>(permitted >> (32 * half)),
                  .inheritable = static_cast<std::uint32_t>(inheritable >> (32 * half))};
  }
  return call(SYS_capset, &header, data);
}

/// Some options demand that the arguments they do not use are 0.
inline int prctl(int option, unsigned long argument = 0, unsigned long second = 0) {
  return call(SYS_prctl, option, argument, second, 0, 0);
}

/// Changes of credentials reset both of these. prctl(2) PR_SET_DUMPABLE, PR_SET_PDEATHSIG
inline int set_not_dumpable() { return prctl(PR_SET_DUMPABLE, 0); }
inline int set_dumpable() { return prctl(PR_SET_DUMPABLE, 1); }
inline int set_death_signal(unsigned signal) { return prctl(PR_SET_PDEATHSIG, signal); }
/// The kernel kills this process when `parent` ends; if that has ended before, it ends at once.
inline void die_with(pid_t parent) {
  if (set_death_signal(SIGKILL) < 0 || getppid() != parent) _exit(1);
}

}  // namespace berth::init::sys
