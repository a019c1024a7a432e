#include "runtime/init/base/paths.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <utility>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/base/text.h"

namespace berth::init {

namespace {

constexpr int kMaxLinks = 40;  // the kernel's own limit

/// Opens the longest prefix of `path` that exists; `rest` points at the first part that is missing.
Fd existing_prefix(int root, char* path, std::uint64_t how, char*& rest) {
  rest = path + strlen(path);
  while (true) {
    while (rest > path && rest[-1] == '/') --rest;
    while (rest > path && rest[-1] != '/') --rest;
    const char first = *rest;
    *rest = '\0';
    Fd prefix = resolve(root, rest == path ? "/" : path, O_PATH | O_DIRECTORY, how);
    *rest = first;
    if (prefix || errno != ENOENT || rest == path) return prefix;
  }
}

/// Cuts `path` behind its first part; returns what follows, or null if that part was the last.
char* cut_first(char* path) {
  char* end = path + strcspn(path, "/");
  char* next = end + strspn(end, "/");
  const bool is_last = *next == '\0';
  *end = '\0';
  return is_last ? nullptr : next;
}

/// Fails with ELOOP at a symbolic link.
Fd make_below(int parent, char* path, Node node) {
  Fd below;
  for (char* name = path; name != nullptr;) {
    char* next = cut_first(name);
    if (strcmp(name, "..") == 0) {  // the parent of a directory that is missing
      errno = ENOENT;
      return Fd();
    }
    const bool is_file = next == nullptr && node == Node::File;
    // Neither of them follows a link. EEXIST: another process was quicker, and its entry is opened
    // below.
    const int made =
        is_file ? mknodat(parent, name, S_IFREG | 0644, 0) : mkdirat(parent, name, 0755);
    if (made < 0 && errno != EEXIST) return Fd();
    below =
        resolve(parent, name, O_PATH | (next == nullptr ? 0 : O_DIRECTORY), RESOLVE_NO_SYMLINKS);
    if (!below) return below;
    parent = below.get();
    name = next;
  }
  return below;
}

/// If `rest` of `path` begins with a symbolic link in `parent`, writes the path through its target.
/// In procfs, a part that was missing and is a link now is a magic link, and is not followed.
bool splice_link(int parent, const char* path, const char* rest, Text& spliced) {
  if (is_on(parent, PROC_SUPER_MAGIC)) return false;
  const std::size_t length = strcspn(rest, "/");
  Text name;
  name.add(rest, length);
  char target[PATH_MAX];
  if (!read_link(parent, name.get(), target)) return false;
  spliced.clear();
  if (target[0] != '/') spliced.add(path, static_cast<std::size_t>(rest - path));
  spliced.add(target).add(rest + length);
  return true;
}

void open_dev(Init& init) {
  init.dev = open_or_make(init.root.get(), "/dev", Node::Directory, RESOLVE_NO_SYMLINKS);
  if (!init.dev) report(init, errno == ELOOP ? Fault::Symlink : Fault::SystemCall, errno, "/dev");
}

}  // namespace

Fd resolve(int root, const char* path, int flags, std::uint64_t resolve) {
  return sys::openat2(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve);
}

Fd open_or_make(int root, const char* wanted, Node node, std::uint64_t how, Symlink symlink) {
  const int flags = O_PATH | (node == Node::Directory ? O_DIRECTORY : 0) |
                    (symlink == Symlink::NoFollow ? O_NOFOLLOW : 0);
  Text path;
  path.add(wanted);
  for (int links = 0; path.fits() && links < kMaxLinks; ++links) {
    Fd found = resolve(root, path.get(), flags, how);
    if (found || errno != ENOENT) return found;
    char* rest = nullptr;
    const Fd prefix = existing_prefix(root, path.get(), how, rest);
    if (!prefix) return Fd();
    Text missing;
    missing.add(rest);
    Fd made = make_below(prefix.get(), missing.get(), node);
    if (made || errno != ELOOP) return made;
    Text spliced;
    if (!splice_link(prefix.get(), path.get(), rest, spliced)) {
      errno = ELOOP;
      return made;
    }
    path = spliced;
  }
  errno = path.fits() ? ELOOP : ENAMETOOLONG;
  return Fd();
}

Fd find_destination(const Init& init, const char* path, const plan::PlaceRules& rules) {
  const bool is_strict = rules.no_symlinks;
  Fd found =
      resolve(init.root.get(), path, O_PATH | O_DIRECTORY, is_strict ? RESOLVE_NO_SYMLINKS : 0);
  if (found || errno == ENOENT) return found;
  if (errno == ENOTDIR) report_no_directory(init, path);
  report(init, is_strict && errno == ELOOP ? Fault::Symlink : Fault::SystemCall, errno);
}

void report_no_directory(const Init& init, const char* path) {
  const char* end = path;
  Text prefix;
  do {
    end = strchrnul(end + 1, '/');
    prefix.clear();
    prefix.add(path, static_cast<std::size_t>(end - path));
  } while (*end != '\0' &&
           (resolve(init.root.get(), prefix.get(), O_PATH | O_DIRECTORY) || errno != ENOTDIR));
  Text detail;
  detail.add("'").add(prefix.get()).add("'");
  report(init, Fault::SystemCall, ENOTDIR, nullptr, detail.get());
}

Location locate(Init& init, const char* path) {
  constexpr char kDev[] = "/dev/";
  const char* name = strrchr(path, '/') + 1;
  Text parent;
  parent.add(path, static_cast<std::size_t>(name - path));
  if (!parent.fits()) report(init, Fault::SystemCall, ENAMETOOLONG, path);
  const bool is_in_dev = strncmp(path, kDev, sizeof kDev - 1) == 0;
  if (is_in_dev && !init.dev) open_dev(init);
  if (strcmp(parent.get(), kDev) == 0) return {init.dev.get(), name, Fd()};
  Fd own = check(init, is_in_dev ? open_or_make(init.dev.get(), parent.get() + 4, Node::Directory)
                                 : open_or_make(init.root.get(), parent.get(), Node::Directory));
  const int fd = own.get();
  return {fd, name, std::move(own)};
}

bool read_link(int dir, const char* name, char (&target)[PATH_MAX]) {
  const ssize_t size = readlinkat(dir, name, target, sizeof target - 1);
  if (size >= 0) target[size] = '\0';
  return size >= 0;
}

bool is_link_to(const Location& at, const char* target) {
  char found[PATH_MAX];
  return read_link(at.parent, at.name, found) && strcmp(found, target) == 0;
}

Fd open_in_proc(const Init& init, const char* path, int flags) {
  return check(init, sys::openat2(init.proc.get(), path, flags, kStrictly));
}

bool is_on(int fd, long magic) {
  struct statfs status = {};
  return fstatfs(fd, &status) == 0 && static_cast<long>(status.f_type) == magic;
}

bool is_proc_root(int fd) {
  struct stat status = {};
  return is_on(fd, PROC_SUPER_MAGIC) && fstat(fd, &status) == 0 && status.st_ino == 1;
}

void write_value(const Init& init, int fd, const char* text) {
  const std::size_t size = strlen(text);
  const ssize_t written = write(fd, text, size);
  if (written < 0) report(init, Fault::SystemCall, errno);
  if (static_cast<std::size_t>(written) != size) report(init, Fault::SystemCall, EIO);
}

}  // namespace berth::init
