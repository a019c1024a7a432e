// The part of file.h about directories, their entries, and paths as such.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <functional>
#include <memory>

#include "runtime/linux/file.h"
#include "runtime/linux/system_error.h"

namespace berth::sys {

namespace {

struct stat stat_of(const Dir& dir) {
  struct stat status = {};
  if (::fstat(dir.fd.get(), &status) < 0) fail_errno("stat", dir.name);
  return status;
}

bool is_subdir(int dir, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status = {};
  return ::fstatat(dir, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

using Visit = std::function<void(int dir, const dirent& entry)>;

/// False (errno) when the directory could not be read to its end.
bool visit_entries(const Dir& dir, const Visit& visit) {
  // What we hold open may be O_PATH, which cannot be read.
  Fd readable(::openat(dir.fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable) return errno == ENOENT;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(readable.get()), ::closedir);
  if (!stream) return false;
  const int number = readable.release();  // the stream's now
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) return errno == 0 || errno == ENOENT;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") visit(number, *entry);
  }
}

std::string without_idle_components(const std::string& path) {
  std::string plain;
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string component = path.substr(start, end - start);
    if (!component.empty() && component != ".") plain += "/" + component;
    start = end + 1;
  }
  return plain.empty() ? "/" : plain;
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

bool try_remove_dir(const Dir& dir) noexcept {
  struct stat status = {};
  // By then its name may belong to a directory that somebody else has made.
  if (::fstat(dir.fd.get(), &status) < 0 || status.st_nlink == 0) return true;
  const bool all_read = visit_entries(dir, [](int parent, const dirent& entry) {
    (void)::unlinkat(parent, entry.d_name, 0);  // rmdir tells what is left
  });
  return all_read && ::rmdir(dir.name.c_str()) == 0;
}

bool is_removed(const Dir& dir) { return stat_of(dir).st_nlink == 0; }

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

std::optional<std::uint64_t> inode_if_exists(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0) return status.st_ino;
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  fail_errno("stat", path);
}

bool may_write(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

bool is_directory(const Fd& fd) {
  struct stat status = {};
  if (::fstat(fd.get(), &status) < 0) fail_errno("stat", std::to_string(fd.get()));
  return S_ISDIR(status.st_mode);
}

std::string absolute(const std::string& path) {
  const bool is_relative = path.empty() || path.front() != '/';
  return absolute_from(is_relative ? current_directory() : "/", path);
}

std::string absolute_from(const std::string& directory, const std::string& path) {
  const bool is_relative = path.empty() || path.front() != '/';
  return without_idle_components(is_relative ? directory + "/" + path : path);
}

std::string current_directory() {
  std::array<char, PATH_MAX> buffer;
  if (::getcwd(buffer.data(), buffer.size()) == nullptr) fail_errno("getcwd", ".");
  return buffer.data();
}

}  // namespace berth::sys
