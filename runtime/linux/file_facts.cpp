#include "runtime/linux/file_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "runtime/linux/system_error.h"

namespace berth::sys {

namespace {

FileFacts facts(const struct stat& status) {
  return {.uid = status.st_uid, .mode = status.st_mode};
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

}  // namespace berth::sys
