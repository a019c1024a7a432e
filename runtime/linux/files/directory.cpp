#include "runtime/linux/files/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file_facts.h"

namespace berth::sys {

namespace {

bool is_subdir(int dir, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status = {};
  if (::fstatat(dir, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    return S_ISDIR(status.st_mode);
  }
  if (errno == ENOENT) return false;
  fail_errno("stat", entry.d_name);
}

using Visit = std::function<void(int dir, const dirent& entry)>;

/// Returns false, with errno set, if the directory could not be read to its end.
bool visit_entries(const Dir& dir, const Visit& visit) {
  // `dir` may be an O_PATH descriptor, which cannot be read.
  Fd readable(retry_on_eintr(
      [&] { return ::openat(dir.fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!readable) return errno == ENOENT;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(readable.get()), ::closedir);
  if (!stream) return false;
  const int number = readable.release();  // the stream owns it
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) return errno == 0 || errno == ENOENT;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") visit(number, *entry);
  }
}

}  // namespace

bool mkdir_at(const Dir& dir, const std::string& entry, mode_t mode) {
  if (::mkdirat(dir.fd.get(), entry.c_str(), mode) == 0) return true;
  if (errno == EEXIST) return false;
  fail_errno("mkdir", dir.path_of(entry));
}

void make_dirs(const std::string& path, mode_t mode) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), mode) < 0 && errno != EEXIST) fail_errno("mkdir", part);
    if (slash == std::string::npos) return;
  }
}

bool rmdir_at(const Dir& dir, const std::string& entry) {
  if (::unlinkat(dir.fd.get(), entry.c_str(), AT_REMOVEDIR) == 0) return true;
  if (errno == ENOENT) return false;
  fail_errno("rmdir", dir.path_of(entry));
}

bool unlink_at(const Dir& dir, const std::string& entry) {
  if (::unlinkat(dir.fd.get(), entry.c_str(), 0) == 0) return true;
  if (errno == ENOENT) return false;
  fail_errno("unlink", dir.path_of(entry));
}

bool give_if_exists(const Dir& dir, const std::string& entry, uid_t owner) {
  constexpr auto kKeep = static_cast<gid_t>(-1);
  if (::fchownat(dir.fd.get(), entry.c_str(), owner, kKeep, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno == ENOENT) return false;
  fail_errno("chown", dir.path_of(entry));
}

bool try_remove_file(const std::string& path) noexcept {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) < 0) return errno == ENOENT;
  return S_ISREG(status.st_mode) && ::unlink(path.c_str()) == 0;
}

bool try_rmdir_at(const Dir& dir, const std::string& entry) noexcept {
  return ::unlinkat(dir.fd.get(), entry.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT;
}

bool may_exist_at(const Dir& dir, const char* entry) noexcept {
  return ::faccessat(dir.fd.get(), entry, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

bool try_remove_dir_at(const Dir& parent, const std::string& entry, const Dir& dir,
                       const char* last) noexcept {
  struct stat own = {}, found = {};
  if (::fstat(dir.fd.get(), &own) < 0) return false;
  if (::fstatat(parent.fd.get(), entry.c_str(), &found, AT_SYMLINK_NOFOLLOW) < 0) {
    return errno == ENOENT;
  }
  // The name may belong to a directory of another process by now.
  if (own.st_dev != found.st_dev || own.st_ino != found.st_ino) return true;
  // A file that cannot be removed makes the rmdir below fail.
  const bool all_read = visit_entries(dir, [last](int fd, const dirent& each) {
    if (std::strcmp(each.d_name, last) != 0) (void)::unlinkat(fd, each.d_name, 0);
  });
  if (!all_read) return false;
  (void)::unlinkat(dir.fd.get(), last, 0);
  return try_rmdir_at(parent, entry);
}

Rename rename_dir_at(const Dir& parent, const std::string& from, const std::string& to) {
  if (::renameat(parent.fd.get(), from.c_str(), parent.fd.get(), to.c_str()) == 0) {
    return Rename::Done;
  }
  if (errno == ENOENT) return Rename::Missing;
  if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR) return Rename::Taken;
  fail_errno("rename", parent.path_of(from));
}

bool is_entry(const Dir& parent, const std::string& entry, const Dir& dir) {
  const auto found = facts_at_if_exists(parent, entry);
  return found && found->identity == facts_of(dir.fd, dir.name).identity;
}

std::vector<std::string> entries_of(const Dir& dir) {
  std::vector<std::string> names;
  const Visit add = [&](int, const dirent& entry) { names.emplace_back(entry.d_name); };
  if (!visit_entries(dir, add)) fail_errno("readdir", dir.name);
  return names;
}

std::vector<std::string> subdirs_of(const Dir& dir) {
  std::vector<std::string> names;
  const Visit add = [&](int parent, const dirent& entry) {
    if (is_subdir(parent, entry)) names.emplace_back(entry.d_name);
  };
  if (!visit_entries(dir, add)) fail_errno("readdir", dir.name);
  return names;
}

}  // namespace berth::sys
