#include "runtime/linux/namespaces/mount_id.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace berth::sys {

std::uint64_t mount_id_of(const std::string& path) {
  struct statx status = {};
  // musl has no statx(3), so berth makes the system call itself.
  const long result = ::syscall(SYS_statx, AT_FDCWD, path.c_str(), 0, STATX_MNT_ID, &status);
  return result == 0 && (status.stx_mask & STATX_MNT_ID) != 0 ? status.stx_mnt_id : 0;
}

}  // namespace berth::sys
