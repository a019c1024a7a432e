#include "runtime/linux/files/file_facts.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/linux/base/system_error.h"

namespace berth::sys {

namespace {

FileFacts facts(const struct stat& status) {
  return {.uid = status.st_uid,
          .mode = status.st_mode,
          .identity = {.device = status.st_dev, .inode = status.st_ino},
          .size = static_cast<std::size_t>(status.st_size)};
}

}  // namespace

FileFacts facts_of(const Fd& fd, const std::string& name) {
  struct stat status = {};
  if (::fstat(fd.get(), &status) < 0) fail_errno("fstat", name);
  return facts(status);
}

std::optional<FileFacts> facts_at_if_exists(const Dir& dir, const std::string& entry) {
  struct stat status = {};
  if (::fstatat(dir.fd.get(), entry.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
    return facts(status);
  }
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  fail_errno("fstatat", dir.path_of(entry));
}

std::optional<std::uint64_t> inode_if_exists(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0) return status.st_ino;
  if (errno == ENOENT || errno == ENOTDIR || errno == ESRCH) return std::nullopt;
  fail_errno("stat", path);
}

bool is_in_memory(const Dir& dir) {
  struct statfs system = {};
  return ::fstatfs(dir.fd.get(), &system) == 0 && system.f_type == TMPFS_MAGIC;
}

bool may_write(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

}  // namespace berth::sys
