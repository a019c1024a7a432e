#include "runtime/linux/security/security_modules.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include "runtime/linux/files/file.h"

namespace berth::sys {

bool is_apparmor_enabled() {
  const auto enabled = read_file_if_exists("/sys/module/apparmor/parameters/enabled");
  return enabled && enabled->starts_with('Y');
}

bool is_selinux_enabled() {
  struct statfs status = {};
  return ::statfs("/sys/fs/selinux", &status) == 0 && status.f_type == SELINUX_MAGIC;
}

}  // namespace berth::sys
