#include "runtime/linux/files/file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstdint>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file_facts.h"

namespace berth::sys {

namespace {

/// ESRCH means that a process ended while its directory in /proc was resolved. EISDIR means that a
/// directory was opened for writing: the processes of a cgroup can give a child cgroup the name of
/// a control file.
bool is_missing(int flags = 0) {
  return errno == ENOENT || errno == ENOTDIR || errno == ESRCH ||
         (errno == EISDIR && (flags & O_CREAT) == 0);
}

int try_open_at(const Dir& dir, const std::string& entry, int flags, mode_t mode = 0) {
  return retry_on_eintr(
      [&] { return ::openat(dir.fd.get(), entry.c_str(), flags | O_CLOEXEC, mode); });
}

/// musl's open(3) makes a second system call for O_CLOEXEC, for kernels that lacked the flag.
int try_open(const std::string& path, int flags, mode_t mode = 0) {
  return retry_on_eintr([&] { return ::openat(AT_FDCWD, path.c_str(), flags | O_CLOEXEC, mode); });
}

/// The object behind the file has ended, a cgroup (ENODEV) or a process (ESRCH); the kernel does
/// not keep the list: that of a threaded cgroup (EOPNOTSUPP), cgroups(7); or this is a directory.
bool has_nothing_to_read() {
  return errno == ENODEV || errno == ESRCH || errno == EOPNOTSUPP || errno == EISDIR;
}

/// Returns nothing if there is nothing to read, not even an empty text.
std::optional<std::string> read_to_end(const Fd& fd, const std::string& name, std::size_t limit,
                                       std::size_t expected = 0) {
  constexpr std::size_t kPiece = 2048;  // most files that berth reads are smaller
  const std::size_t room = std::max(kPiece, std::min(expected, limit) + 1);
  std::string text;
  std::size_t size = 0;
  ssize_t count = 0;
  // A short read that completes the expected size has reached the end.
  do {
    if (text.size() - size < room) text.resize(2 * size + room);
    count = retry_on_eintr([&] { return ::read(fd.get(), &text[size], text.size() - size); });
    if (count < 0 && has_nothing_to_read()) return std::nullopt;
    if (count < 0) fail_errno("read", name);
    size += static_cast<std::size_t>(count);
    if (size > limit) {
      fail(ErrorKind::Config, "'" + name + "' is larger than " + std::to_string(limit) + " bytes");
    }
  } while (count > 0 && (size != expected || size == text.size()));
  text.resize(size);
  return text;
}

/// Whether this is a regular file with content. A file that the kernel makes when it is read calls
/// itself regular, too, but has no size, except some of procfs: a read may wait for ever, or take
/// what others are to read, as reading /proc/kmsg does.
bool stores_bytes(const Fd& file, const std::string& name) {
  const FileFacts facts = facts_of(file, name);
  struct statfs system = {};
  if (::fstatfs(file.get(), &system) < 0) fail_errno("fstatfs", name);
  return S_ISREG(facts.mode) && facts.size > 0 && system.f_type != PROC_SUPER_MAGIC;
}

/// Names the call for an error. A short value is quoted, because the kernel often refuses just that
/// value.
std::string write_words(std::string value) {
  constexpr std::size_t kShort = 64;
  if (!value.empty() && value.back() == '\n') value.pop_back();
  const bool is_word = !value.empty() && value.size() <= kShort &&
                       std::all_of(value.begin(), value.end(), [](char c) { return c >= ' '; });
  return is_word ? "write '" + value + "' to" : "write";
}

/// A new file with a temporary name, which the destructor removes unless it was renamed.
class TemporaryFile {
 public:
  TemporaryFile(const Dir& dir, const std::string& entry, mode_t mode)
      : dir_(dir), name_("." + entry + "." + std::to_string(::getpid()) + ".tmp") {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    fd_ = Fd(try_open_at(dir_, name_, kFlags, mode));
    if (!fd_ && errno == EEXIST) {
      // No other live process has berth's pid, so an earlier berth was killed before its rename.
      (void)unlink_at(dir_, name_);
      fd_ = Fd(try_open_at(dir_, name_, kFlags, mode));
    }
    if (!fd_) fail_errno("open", path());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!renamed_)
      (void)::unlinkat(dir_.fd.get(), name_.c_str(), 0);  // a destructor cannot report it
  }

  const Fd& fd() const { return fd_; }
  std::string path() const { return dir_.path_of(name_); }

  void rename_to(const std::string& entry) {
    if (::renameat(dir_.fd.get(), name_.c_str(), dir_.fd.get(), entry.c_str()) < 0) {
      fail_errno("rename to", dir_.path_of(entry));
    }
    renamed_ = true;
  }

 private:
  const Dir& dir_;
  std::string name_;
  Fd fd_;
  bool renamed_ = false;
};

}  // namespace

Fd open(const std::string& path, int flags, mode_t mode) {
  Fd fd(try_open(path, flags, mode));
  if (!fd) fail_errno("open", path);
  return fd;
}

std::optional<Fd> open_if_exists(const std::string& path, int flags) {
  Fd fd(try_open(path, flags));
  if (!fd && is_missing(flags)) return std::nullopt;
  if (!fd) fail_errno("open", path);
  return fd;
}

Dir open_dir(const std::string& path) { return {open(path, O_PATH | O_DIRECTORY), path}; }

std::optional<Dir> open_dir_if_exists(const std::string& path) {
  auto fd = open_if_exists(path, O_PATH | O_DIRECTORY);
  if (!fd) return std::nullopt;
  return Dir{std::move(*fd), path};
}

Fd open_at(const Dir& dir, const std::string& entry, int flags, mode_t mode) {
  Fd fd(try_open_at(dir, entry, flags, mode));
  if (!fd) fail_errno("open", dir.path_of(entry));
  return fd;
}

std::optional<Fd> open_at_if_exists(const Dir& dir, const std::string& entry, int flags,
                                    mode_t mode) {
  Fd fd(try_open_at(dir, entry, flags, mode));
  if (!fd && (is_missing(flags) || errno == ENODEV)) return std::nullopt;
  if (!fd) fail_errno("open", dir.path_of(entry));
  return fd;
}

Dir open_dir_at(const Dir& dir, const std::string& entry) {
  return {open_at(dir, entry, O_PATH | O_DIRECTORY | O_NOFOLLOW), dir.path_of(entry)};
}

std::optional<Dir> open_dir_at_if_exists(const Dir& dir, const std::string& entry) {
  auto fd = open_at_if_exists(dir, entry, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) return std::nullopt;
  return Dir{std::move(*fd), dir.path_of(entry)};
}

std::optional<Fd> open_in_root_if_exists(const Dir& root, const std::string& path, int flags) {
  // EAGAIN means that a directory of the path was renamed during the walk. openat2(2)
  constexpr int kAttempts = 128;
  open_how how = {};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  Fd fd;
  for (int attempt = 0; !fd && (attempt == 0 || (errno == EAGAIN && attempt < kAttempts));
       ++attempt) {
    fd = Fd(static_cast<int>(retry_on_eintr(
        [&] { return ::syscall(SYS_openat2, root.fd.get(), path.c_str(), &how, sizeof how); })));
  }
  if (!fd && is_missing()) return std::nullopt;
  if (!fd) fail_errno("open", root.path_of(path));
  return fd;
}

std::optional<std::string> read_in_root_if_regular(const Dir& root, const std::string& path,
                                                   std::size_t limit) {
  const auto found = open_in_root_if_exists(root, path, O_PATH);
  if (!found || !stores_bytes(*found, root.path_of(path))) return std::nullopt;
  return read_file("/proc/self/fd/" + std::to_string(found->get()), limit);
}

std::string read_all(const Fd& fd, const std::string& name, std::size_t limit,
                     std::size_t expected) {
  auto text = read_to_end(fd, name, limit, expected);
  if (!text) fail_errno("read", name);
  return std::move(*text);
}

std::string read_file(const std::string& path, std::size_t limit) {
  return read_all(open(path, O_RDONLY), path, limit);
}

std::string read_file_at(const Dir& dir, const std::string& entry, std::size_t limit) {
  return read_all(open_at(dir, entry, O_RDONLY), dir.path_of(entry), limit);
}

std::optional<std::string> read_file_at_if_exists(const Dir& dir, const std::string& entry,
                                                  std::size_t limit, std::size_t expected) {
  const auto fd = open_at_if_exists(dir, entry, O_RDONLY);
  if (!fd) return std::nullopt;
  return read_to_end(*fd, dir.path_of(entry), limit, expected);
}

std::optional<std::string> read_file_if_exists(const std::string& path, std::size_t limit) {
  const auto fd = open_if_exists(path, O_RDONLY);
  if (!fd) return std::nullopt;
  return read_to_end(*fd, path, limit);
}

std::optional<std::string> read_once_if_exists(const std::string& path) {
  const auto fd = open_if_exists(path, O_RDONLY);
  if (!fd) return std::nullopt;
  std::array<char, 4096> text;  // NOLINT(*-member-init): read(2) writes it
  const ssize_t count = retry_on_eintr([&] { return ::read(fd->get(), text.data(), text.size()); });
  assert(count < static_cast<ssize_t>(text.size()));
  if (count >= 0) return std::string(text.data(), static_cast<std::size_t>(count));
  if (has_nothing_to_read()) return std::nullopt;
  fail_errno("read", path);
}

void write_at(const Dir& dir, const std::string& entry, const std::string& value) {
  write_value(open_at(dir, entry, O_WRONLY), value, dir.path_of(entry));
}

bool write_at_if_exists(const Dir& dir, const std::string& entry, const std::string& value) {
  const auto fd = open_at_if_exists(dir, entry, O_WRONLY);
  if (!fd) return false;
  const auto refusal = try_write_value(*fd, value, dir.path_of(entry));
  const bool is_gone = refusal && (refusal->number() == ENOENT || refusal->number() == ENODEV);
  if (refusal && !is_gone) throw *refusal;
  return !is_gone;
}

bool write_at_if_valid(const Dir& dir, const std::string& entry, const std::string& value) {
  const auto refusal = try_write_value(open_at(dir, entry, O_WRONLY), value, dir.path_of(entry));
  if (refusal && refusal->number() != EINVAL) throw *refusal;
  return !refusal;
}

bool try_write_at(const Dir& dir, const std::string& entry, const std::string& value) {
  const Fd fd(try_open_at(dir, entry, O_WRONLY));
  return fd && retry_on_eintr([&] { return ::write(fd.get(), value.data(), value.size()); }) ==
                   static_cast<ssize_t>(value.size());
}

void write_value(const std::string& path, const std::string& value) {
  write_value(open(path, O_WRONLY), value, path);
}

void write_value(const Fd& fd, const std::string& value, const std::string& name) {
  if (const auto refusal = try_write_value(fd, value, name)) throw *refusal;
}

std::optional<SystemError> try_write_value(const Fd& fd, const std::string& value,
                                           const std::string& name) {
  // A signal can interrupt a write to memory.max while the kernel reclaims memory.
  const ssize_t count =
      retry_on_eintr([&] { return ::write(fd.get(), value.data(), value.size()); });
  if (count < 0) return SystemError(write_words(value), name, errno);
  if (static_cast<std::size_t>(count) == value.size()) return std::nullopt;
  fail(ErrorKind::System, "write '" + name + "': only " + std::to_string(count) + " of " +
                              std::to_string(value.size()) + " bytes were taken");
}

void write_all(const Fd& fd, const std::string& bytes, const std::string& name) {
  for (std::size_t written = 0; written < bytes.size();) {
    const ssize_t count = retry_on_eintr(
        [&] { return ::write(fd.get(), bytes.data() + written, bytes.size() - written); });
    if (count < 0) fail_errno("write", name);
    written += static_cast<std::size_t>(count);
  }
}

void replace_file_at(const Dir& dir, const std::string& entry, const std::string& bytes,
                     mode_t mode) {
  TemporaryFile file(dir, entry, mode);
  write_all(file.fd(), bytes, file.path());
  file.rename_to(entry);
}

}  // namespace berth::sys
