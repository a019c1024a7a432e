// The content of a directory of the image, copied into the tmpfs that is going to cover it. All by
// descriptors and names within them: no link is followed, and nothing that is mounted below is
// copied. Hard links become files of their own.
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "runtime/init/paths.h"
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"

namespace berth::init {

namespace {

/// An entry on its way: from a directory to another one, under the same name.
struct Entry {
  const Init& init;
  int from;
  int to;
  const char* name;
  struct stat status = {};

  [[noreturn]] void fail(int error) const { report(init, Fault::SystemCall, error, nullptr, name); }
  void require(std::int64_t result) const {
    if (result < 0) fail(errno);
  }
};

void copy_directory(const Init& init, int from, int to);

/// What the target takes of them: it has its own rules for names and for who may set which.
void copy_extended_attributes(int from, int to) {
  constexpr std::size_t kMost = 65536;  // xattr(7)
  char names[kMost], value[kMost];
  const ssize_t length = flistxattr(from, names, sizeof names);
  for (ssize_t at = 0; at < length;) {
    const char* name = names + at;
    at += static_cast<ssize_t>(strlen(name)) + 1;
    const ssize_t size = fgetxattr(from, name, value, sizeof value);
    if (size >= 0) (void)fsetxattr(to, name, value, static_cast<std::size_t>(size), 0);
  }
}

/// Data alone; holes stay holes.
void copy_content(const Entry& entry, int from, int to) {
  off_t at = 0;
  while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
    const off_t end = lseek(from, at, SEEK_HOLE);
    entry.require(end);
    entry.require(lseek(to, at, SEEK_SET));
    while (at < end) {
      const ssize_t sent = sendfile(to, from, &at, static_cast<std::size_t>(end - at));
      if (sent <= 0) entry.fail(sent < 0 ? errno : EIO);  // 0: it became shorter meanwhile
    }
  }
  if (errno != ENXIO) entry.fail(errno);  // no data behind this place
  entry.require(ftruncate(to, entry.status.st_size));
}

Fd open_source(const Entry& entry, int flags) {
  Fd source = sys::openat2(entry.from, entry.name, flags | O_RDONLY | O_NOFOLLOW, kStrictly);
  entry.require(source.get());
  return source;
}

void copy_file(const Entry& entry) {
  // Whatever else it has become meanwhile, opening it must not wait.
  const Fd from = open_source(entry, O_NONBLOCK);
  const Fd to(openat(entry.to, entry.name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  entry.require(to.get());
  copy_content(entry, from.get(), to.get());
}

void copy_link(const Entry& entry) {
  char target[PATH_MAX];
  const ssize_t size = readlinkat(entry.from, entry.name, target, sizeof target - 1);
  entry.require(size);
  target[size] = '\0';
  entry.require(symlinkat(target, entry.to, entry.name));
}

void make_directory(const Entry& entry) {
  entry.require(mkdirat(entry.to, entry.name, 0700));
  const Fd from = open_source(entry, O_DIRECTORY);
  const Fd to(openat(entry.to, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  entry.require(to.get());
  copy_directory(entry.init, from.get(), to.get());
}

void give_attributes(const Entry& entry) {
  const struct stat& status = entry.status;
  const bool is_link = S_ISLNK(status.st_mode);
  const int owned =
      fchownat(entry.to, entry.name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW);
  // EINVAL: an owner whom our user namespace has not.
  if (owned < 0 && errno != EINVAL) entry.fail(errno);
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    const Fd from = open_source(entry, O_NONBLOCK);
    const Fd to(openat(entry.to, entry.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    entry.require(to.get());
    copy_extended_attributes(from.get(), to.get());
  }
  // After a change of the owner, which takes set-user-ID away.
  if (!is_link) entry.require(fchmodat(entry.to, entry.name, status.st_mode & ~S_IFMT, 0));
  const timespec times[] = {status.st_atim, status.st_mtim};
  entry.require(utimensat(entry.to, entry.name, times, AT_SYMLINK_NOFOLLOW));
}

void copy_entry(Entry& entry) {
  {
    const Fd source = sys::openat2(entry.from, entry.name, O_PATH | O_NOFOLLOW, kStrictly);
    if (!source && errno == EXDEV) return;  // something is mounted there
    entry.require(source.get());
    entry.require(fstat(source.get(), &entry.status));
  }
  switch (entry.status.st_mode & S_IFMT) {
    case S_IFDIR:
      make_directory(entry);
      break;
    case S_IFREG:
      copy_file(entry);
      break;
    case S_IFLNK:
      copy_link(entry);
      break;
    default:
      entry.require(mknodat(entry.to, entry.name, entry.status.st_mode, entry.status.st_rdev));
  }
  give_attributes(entry);
}

void copy_directory(const Init& init, int from, int to) {
  alignas(dirent) char buffer[2048];
  while (true) {
    const int size = check(init, sys::call(SYS_getdents64, from, buffer, sizeof buffer));
    if (size == 0) return;
    for (int at = 0; at < size;) {
      const auto* next = reinterpret_cast<const dirent*>(buffer + at);
      at += next->d_reclen;
      if (strcmp(next->d_name, ".") == 0 || strcmp(next->d_name, "..") == 0) continue;
      Entry entry{.init = init, .from = from, .to = to, .name = next->d_name};
      copy_entry(entry);
    }
  }
}

}  // namespace

void copy_up(Init& init, const Step& step) {
  const Fd from = resolve(init.root.get(), init.text(step, 0), O_RDONLY | O_DIRECTORY);
  if (!from && errno == ENOENT) return;  // there is nothing below
  check(init, from.get());
  const Fd to = check(init, Fd(openat(init.mount.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  copy_directory(init, from.get(), to.get());
  struct stat status = {};
  check(init, fstat(from.get(), &status));
  const auto keeps = [&](plan::CopyUpFlag flag) { return (step.number[0] & flag) != 0; };
  constexpr auto kSame = ~0U;
  const uid_t uid = keeps(plan::kKeepUser) ? kSame : status.st_uid;
  const gid_t gid = keeps(plan::kKeepGroup) ? kSame : status.st_gid;
  if (fchown(to.get(), uid, gid) < 0 && errno != EINVAL) report(init, Fault::SystemCall, errno);
  copy_extended_attributes(from.get(), to.get());
  if (!keeps(plan::kKeepMode)) check(init, fchmod(to.get(), status.st_mode & ~S_IFMT));
}

}  // namespace berth::init
