// Device nodes of the host, as detached mounts of single files that go into a container in which
// none can be made. mknod(2)
#pragma once

#include <sys/types.h>

#include "runtime/linux/fd.h"

namespace berth::sys {

struct DeviceNode {
  mode_t mode = 0;  ///< with the type
  unsigned major_number = 0;
  unsigned minor_number = 0;
  uid_t uid = 0;  ///< as the host has them
  gid_t gid = 0;
};

/// A new node, in a file system of its own that nobody else ever sees. Needs CAP_MKNOD of the first
/// user namespace, and CAP_SYS_ADMIN.
Fd make_device(const DeviceNode& node);

}  // namespace berth::sys
