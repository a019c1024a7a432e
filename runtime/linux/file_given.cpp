// The part of file.h about files whose paths a caller has chosen: what stands there may be a pipe
// or a device, and nothing of berth waits for those.
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "runtime/linux/file.h"
#include "runtime/linux/persist.h"
#include "runtime/linux/system_error.h"

namespace berth::sys {

namespace {

constexpr int kNoWaiting = O_NONBLOCK | O_NOCTTY;

const char* words_for(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISCHR(mode)) return "a character device";
  if (S_ISBLK(mode)) return "a block device";
  return S_ISSOCK(mode) ? "a socket" : "an unknown kind of file";
}

mode_t mode_of(const Fd& fd, const std::string& name) {
  struct stat status = {};
  if (::fstat(fd.get(), &status) < 0) fail_errno("stat", name);
  return status.st_mode;
}

/// For writing: a pipe that nobody reads is an error, and so is one that is full.
Fd open_output(const std::string& path, int flags, mode_t mode) {
  Fd fd = open(path, O_WRONLY | kNoWaiting | flags, mode);
  const mode_t found = mode_of(fd, path);
  if (S_ISREG(found) || S_ISFIFO(found) || S_ISCHR(found)) return fd;
  fail(ErrorKind::Config, "'" + path + "' is " + words_for(found) + ", not a file to write to");
}

/// Whether the path leads through /proc/PID/fd, as /dev/stdout does, to a file that is open.
bool is_magic_link(const std::string& path) {
  open_how how = {};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  const long fd =
      persist([&] { return ::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how); });
  const Fd found(static_cast<int>(fd));
  return !found && errno == ELOOP;
}

/// Whether it is there and must not be replaced by another file.
bool is_written_in_place(const std::string& path) {
  struct stat known = {};
  if (::stat(path.c_str(), &known) < 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return false;
    fail_errno("stat", path);
  }
  if (S_ISDIR(known.st_mode)) throw SystemError("open", path, EISDIR);
  return S_ISCHR(known.st_mode) || S_ISFIFO(known.st_mode) || is_magic_link(path);
}

/// A file without a name; nothing where the file system knows none.
std::optional<Fd> open_nameless(const Dir& dir, mode_t mode) {
  Fd fd(
      persist([&] { return ::openat(dir.fd.get(), ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode); }));
  if (fd) return fd;
  if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) return std::nullopt;
  fail_errno("open", dir.name);
}

/// Until it has its name, nothing of it is left when berth is killed.
void give_name(const Fd& fd, const Dir& dir, const std::string& entry) {
  constexpr int kAttempts = 16;  // each is lost to another process that makes a file of that name
  const std::string source = "/proc/self/fd/" + std::to_string(fd.get());
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (::linkat(AT_FDCWD, source.c_str(), dir.fd.get(), entry.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      return;
    }
    if (errno != EEXIST) break;
    (void)unlink_at(dir, entry);
  }
  fail_errno("link", dir.path_of(entry));
}

}  // namespace

std::string read_regular_file(const std::string& path, std::size_t limit) {
  const Fd fd = open(path, O_RDONLY | kNoWaiting);
  const mode_t found = mode_of(fd, path);
  if (S_ISREG(found)) return read_all(fd, path, limit);
  fail(ErrorKind::Config, "'" + path + "' is " + words_for(found) + ", not a regular file");
}

void append_to_file(const std::string& path, const std::string& bytes, mode_t mode) {
  write_all(open_output(path, O_CREAT | O_APPEND, mode), bytes, path);
}

void replace_file(const std::string& path, const std::string& bytes, mode_t mode) {
  if (is_written_in_place(path)) return write_all(open_output(path, 0, 0), bytes, path);
  const std::size_t slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  const Dir dir = open_dir(parent);
  const std::string entry = path.substr(slash + 1);
  const auto file = open_nameless(dir, mode);
  if (!file) return replace_file_at(dir, entry, bytes, mode);
  write_all(*file, bytes, path);
  give_name(*file, dir, entry);
}

void write_to_standard_output(const std::string& bytes) {
  for (std::size_t written = 0; written < bytes.size();) {
    const ssize_t count = persist(
        [&] { return ::write(STDOUT_FILENO, bytes.data() + written, bytes.size() - written); });
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {  // the caller has made it non-blocking, and it is full
      pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      (void)::poll(&output, 1, -1);  // an error shows in the next write
    } else {
      fail_errno("write", "standard output");
    }
  }
}

}  // namespace berth::sys
