#include "runtime/linux/security/seccomp.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

// These flags are newer than the headers of Linux 5.19.
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

namespace berth::sys {

namespace {

constexpr std::uint32_t kActions[] = {
    SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO,
    SECCOMP_RET_USER_NOTIF,   SECCOMP_RET_TRACE,       SECCOMP_RET_LOG,  SECCOMP_RET_ALLOW};

/// The kernel accepts WAIT_KILLABLE_RECV only together with NEW_LISTENER.
constexpr std::uint32_t kFlags[] = {
    SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
    SECCOMP_FILTER_FLAG_NEW_LISTENER,
    SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV};

/// A filter at address 0 is never loaded; EFAULT means that the kernel accepted everything else.
bool takes_flags(std::uint32_t flags) {
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, nullptr) < 0 && errno == EFAULT;
}

}  // namespace

SeccompSupport seccomp_support(bool with_flags) {
  SeccompSupport support;
  for (std::uint32_t action : kActions) {
    if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) {
      support.actions.push_back(action);
    }
  }
  if (!with_flags) return support;
  for (const std::uint32_t flags : kFlags) {
    if (takes_flags(flags)) support.flags |= flags;
  }
  return support;
}

std::uint32_t seccomp_architecture(const std::string& name) {
  return ::seccomp_arch_resolve_name(name.c_str());
}

std::uint32_t native_seccomp_architecture() { return ::seccomp_arch_native(); }

std::string libseccomp_version() {
  const scmp_version* version = ::seccomp_version();
  return std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->micro);
}

}  // namespace berth::sys
