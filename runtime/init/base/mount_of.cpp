// <linux/stat.h> stands alone here: newer C libraries define struct statx, too, without the mount.
#include "runtime/init/base/mount_of.h"

#include <linux/stat.h>

#include "runtime/init/base/sys.h"

namespace berth::init {

MountOf mount_of(const char* path) {
  struct statx status = {};
  (void)sys::call(SYS_statx, AT_FDCWD, path, 0, STATX_MNT_ID, &status);  // refused: all is 0
  return {.id = status.stx_mnt_id, .is_root = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0};
}

}  // namespace berth::init
