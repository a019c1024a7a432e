// Device nodes that berth makes on the host, as detached mounts of single files, for a container in
// whose user namespace mknod(2) is refused.
#pragma once

#include <sys/types.h>

#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

struct DeviceNode {
  mode_t mode = 0;  ///< includes the file type
  unsigned major_number = 0;
  unsigned minor_number = 0;
  uid_t uid = 0;  ///< host ids
  gid_t gid = 0;
};

/// Makes a node in a tmpfs that no other process sees. It needs CAP_MKNOD in the initial user
/// namespace and CAP_SYS_ADMIN. If mknod(2) says EPERM, as under some device programs of cgroups,
/// the result is a read-only mount of the host's node at `path`; throws if that node is not equal.
Fd make_device(const DeviceNode& node, const std::string& path);

}  // namespace berth::sys
