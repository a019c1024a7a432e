// Copies the content of a directory of the image into the tmpfs that is going to cover it. It uses
// only descriptors and names within them: no link is followed, and nothing that is mounted below is
// copied. Hard links become separate files.
#include "runtime/init/files/copy_up.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

/// An entry that is copied from one directory to another, under its own name. `source` is the entry
/// that was examined; the copy gets its content and its attributes.
struct Entry {
  const Init& init;
  int from;
  int to;
  const char* name;
  Fd source = {};  ///< O_PATH
  struct stat status = {};

  [[noreturn]] void fail(int error) const { report(init, Fault::SystemCall, error, nullptr, name); }
  void require(std::int64_t result) const {
    if (result < 0) fail(errno);
  }
};

void copy_directory(const Init& init, int from, int to);

/// Copies those that the target accepts: it has its own rules for names and for who may set which.
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

/// Copies only data; holes stay holes.
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
  if (errno != ENXIO) entry.fail(errno);  // no data from here on
  entry.require(ftruncate(to, entry.status.st_size));
}

/// Both ends of a file or directory, open; empty for an entry without content.
struct Ends {
  Fd from, to;
};

/// Opens a regular file for reading. The name may refer to another file by now: opening that one
/// must not block, and it must not be copied.
Fd open_file(const Entry& entry) {
  Fd file = sys::openat2(entry.from, entry.name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, kStrictly);
  entry.require(file.get());
  struct stat found = {};
  entry.require(fstat(file.get(), &found));
  if (found.st_dev != entry.status.st_dev || found.st_ino != entry.status.st_ino)
    entry.fail(ESTALE);
  return file;
}

Ends copy_file(const Entry& entry) {
  Ends ends{.from = open_file(entry),
            .to = Fd(openat(entry.to, entry.name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600))};
  entry.require(ends.to.get());
  copy_content(entry, ends.from.get(), ends.to.get());
  return ends;
}

Ends copy_link(const Entry& entry) {
  char target[PATH_MAX];
  if (!read_link(entry.source.get(), "", target)) entry.fail(errno);
  entry.require(symlinkat(target, entry.to, entry.name));
  return {};
}

Ends make_directory(Entry& entry) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  entry.require(mkdirat(entry.to, entry.name, 0700));
  Ends ends{.from = Fd(openat(entry.source.get(), ".", kFlags)),
            .to = Fd(openat(entry.to, entry.name, kFlags))};
  entry.require(ends.from.get());
  entry.require(ends.to.get());
  entry.source.reset();  // a deep tree would need many descriptors
  copy_directory(entry.init, ends.from.get(), ends.to.get());
  return ends;
}

Ends make_node(const Entry& entry) {
  entry.require(mknodat(entry.to, entry.name, entry.status.st_mode, entry.status.st_rdev));
  return {};
}

void give_attributes(const Entry& entry, const Ends& ends) {
  const struct stat& status = entry.status;
  const int owned =
      fchownat(entry.to, entry.name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW);
  // EINVAL: init's user namespace does not have the owner's ids.
  if (owned < 0 && errno != EINVAL) entry.fail(errno);
  if (ends.from) copy_extended_attributes(ends.from.get(), ends.to.get());
  // This follows the change of the owner, which clears set-user-ID.
  if (!S_ISLNK(status.st_mode)) {
    entry.require(sys::call(SYS_fchmodat, entry.to, entry.name, status.st_mode & ~S_IFMT));
  }
  const timespec times[] = {status.st_atim, status.st_mtim};
  entry.require(sys::call(SYS_utimensat, entry.to, entry.name, times, AT_SYMLINK_NOFOLLOW));
}

Ends copy_of(Entry& entry) {
  switch (entry.status.st_mode & S_IFMT) {
    case S_IFDIR:
      return make_directory(entry);
    case S_IFREG:
      return copy_file(entry);
    case S_IFLNK:
      return copy_link(entry);
    default:
      return make_node(entry);
  }
}

void copy_entry(Entry& entry) {
  entry.source = sys::openat2(entry.from, entry.name, O_PATH | O_NOFOLLOW, kStrictly);
  if (!entry.source && errno == EXDEV) return;  // something is mounted there
  entry.require(entry.source.get());
  entry.require(fstat(entry.source.get(), &entry.status));
  give_attributes(entry, copy_of(entry));
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

void run(Init& init, const plan::CopyUp& step) {
  init.destination = find_destination(init, init.text(step.path), step.rules);
  if (!init.destination) return;  // the image has no such directory
  const Fd from =
      check(init, Fd(openat(init.destination.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  const Fd to = check(init, Fd(openat(init.mount.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  copy_directory(init, from.get(), to.get());
  const struct stat status = status_of(init, from.get());
  constexpr auto kSame = ~0U;
  const uid_t uid = step.keeps.user ? kSame : status.st_uid;
  const gid_t gid = step.keeps.group ? kSame : status.st_gid;
  if (fchown(to.get(), uid, gid) < 0 && errno != EINVAL) report(init, Fault::SystemCall, errno);
  copy_extended_attributes(from.get(), to.get());
  if (!step.keeps.mode) check(init, fchmod(to.get(), status.st_mode & ~S_IFMT));
}

}  // namespace berth::init
