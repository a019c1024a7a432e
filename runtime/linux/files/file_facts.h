// What a file is: its owner and mode, which berth checks before it trusts the file, its kind and
// its inode. stat(2)
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// The device and inode of a file, which do not depend on its name.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool operator==(const FileIdentity&) const = default;
};

struct FileFacts {
  uid_t uid = 0;
  mode_t mode = 0;  ///< type and permission bits
  FileIdentity identity;
  std::size_t size = 0;  ///< in bytes
};

FileFacts facts_of(const Fd& fd, const std::string& name);
/// Symbolic links are not followed.
std::optional<FileFacts> facts_at_if_exists(const Dir& dir, const std::string& entry);

/// The inode number of a path, after following symbolic links; nothing if the path does not exist.
std::optional<std::uint64_t> inode_if_exists(const std::string& path);
/// Whether the directory is in a tmpfs, which ends with the kernel that has made it.
bool is_in_memory(const Dir& dir);
/// Whether mode and mount permit writing, after following symbolic links. faccessat(2) W_OK
bool may_write(const std::string& path);

}  // namespace berth::sys
