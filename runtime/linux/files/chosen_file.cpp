#include "runtime/linux/files/chosen_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string_view>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "spec/text.h"

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

/// Opens a file for writing without blocking. A pipe that has no reader, or is full, is an error.
Fd open_output(const std::string& path, int flags, mode_t mode) {
  Fd fd = open(path, O_WRONLY | kNoWaiting | flags, mode);
  const mode_t found = facts_of(fd, path).mode;
  if (S_ISREG(found) || S_ISFIFO(found) || S_ISCHR(found)) return fd;
  fail(ErrorKind::Config, "'" + path + "' is " + words_for(found) + ", not a file to write to");
}

/// Whether the path passes through a link of /proc/PID/fd, as /dev/stdout does.
bool is_magic_link(const std::string& path) {
  open_how how = {};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  const long fd = retry_on_eintr(
      [&] { return ::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how); });
  const Fd found(static_cast<int>(fd));
  return !found && errno == ELOOP;
}

/// Whether the file exists and has to be written to instead of replaced.
bool is_written_in_place(const std::string& path) {
  struct stat known = {};
  if (::stat(path.c_str(), &known) < 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return false;
    fail_errno("stat", path);
  }
  if (S_ISDIR(known.st_mode)) throw SystemError("open", path, EISDIR);
  return S_ISCHR(known.st_mode) || S_ISFIFO(known.st_mode) || is_magic_link(path);
}

/// Opens an unnamed file (O_TMPFILE), or nothing if the file system does not support that.
std::optional<Fd> open_nameless(const Dir& dir, mode_t mode) {
  Fd fd(retry_on_eintr(
      [&] { return ::openat(dir.fd.get(), ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode); }));
  if (fd) return fd;
  if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) return std::nullopt;
  fail_errno("open", dir.name);
}

/// Links the unnamed file into the directory. Until then a killed berth leaves no file.
void give_name(const Fd& fd, const Dir& dir, const std::string& entry) {
  constexpr int kAttempts =
      16;  // another process may create a file of that name before each attempt
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

/// The descriptor of berth's that the path names, or nothing.
std::optional<int> own_descriptor(std::string_view path) {
  int number = -1;
  for (const std::string_view directory : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(directory)) continue;
    if (text::read_number(path.substr(directory.size()), number)) return number;
  }
  return std::nullopt;
}

}  // namespace

std::string read_regular_file(const std::string& path, std::size_t limit) {
  const Fd fd = open(path, O_RDONLY | kNoWaiting);
  const FileFacts found = facts_of(fd, path);
  if (S_ISREG(found.mode)) return read_all(fd, path, limit, found.size);
  fail(ErrorKind::Config, "'" + path + "' is " + words_for(found.mode) + ", not a regular file");
}

std::string read_file_or_own_pipe(const std::string& path, std::size_t limit) {
  if (const auto own = own_descriptor(path)) {
    const Fd copy(::fcntl(*own, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!copy) fail_errno("open", path);
    if (S_ISFIFO(facts_of(copy, path).mode)) return read_all(copy, path, limit);
  }
  return read_regular_file(path, limit);
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

std::string read_standard_input(std::size_t limit) {
  const Fd copy(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) fail_errno("read", "standard input");
  return read_all(copy, "standard input", limit);
}

void write_to_standard_output(const std::string& bytes) {
  for (std::size_t written = 0; written < bytes.size();) {
    const ssize_t count = retry_on_eintr(
        [&] { return ::write(STDOUT_FILENO, bytes.data() + written, bytes.size() - written); });
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {  // the caller made standard output non-blocking, and it is full
      pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      (void)::poll(&output, 1, -1);  // the next write reports an error
    } else {
      fail_errno("write", "standard output");
    }
  }
}

}  // namespace berth::sys
