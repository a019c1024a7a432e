#include "runtime/linux/namespaces/tree.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdint>
#include <string_view>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"

namespace berth::sys {

namespace {

constexpr unsigned kRecursive = AT_RECURSIVE;

/// The text after `word`, or an empty text.
std::string_view behind(std::string_view text, std::string_view word) {
  const std::size_t place = text.find(word);
  return place == text.npos ? std::string_view() : text.substr(place + word.size());
}

/// Returns `the file system 'proc'`, looked up by device number. proc_pid_mountinfo(5)
std::string filesystem_of(const Fd& fd) {
  constexpr std::size_t kLimit = std::size_t{16} << 20;
  struct stat status = {};
  if (::fstat(fd.get(), &status) < 0) return "its file system";
  const std::string device =
      " " + std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev)) + " ";
  const std::string mounts = read_file("/proc/self/mountinfo", kLimit);
  const std::string_view type = behind(behind(mounts, device), " - ");
  if (type.empty()) return "its file system";
  return "the file system '" + std::string(type.substr(0, type.find(' '))) + "'";
}

}  // namespace

Fd clone_tree(const std::string& path, bool recursive, Symlink symlink) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  if (recursive) flags |= kRecursive;
  if (symlink == Symlink::NoFollow) flags |= AT_SYMLINK_NOFOLLOW;
  Fd tree(open_tree(AT_FDCWD, path.c_str(), flags));
  if (!tree) fail_errno("open_tree", path);
  return tree;
}

Fd clone_root(const std::string& path) {
  open_how how = {};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  const Fd root(call(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how));
  if (!root && errno == ELOOP) {
    fail(ErrorKind::Config, "'" + path +
                                "': too many levels of symbolic links, or a part of it is "
                                "a magic link of procfs: name the directory itself");
  }
  if (!root) fail_errno("open", path);
  Fd tree(
      open_tree(root.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | kRecursive));
  if (!tree) fail_errno("open_tree", path);
  return tree;
}

void map_ids(const Fd& tree, const std::string& name, const Fd& user_namespace, bool recursive) {
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<std::uint64_t>(user_namespace.get());
  const unsigned flags = AT_EMPTY_PATH | (recursive ? kRecursive : 0);
  if (mount_setattr(tree.get(), "", flags, attributes) == 0) return;
  if (errno != EINVAL) fail_errno("mount_setattr", name);
  fail(ErrorKind::Unsupported,
       "'" + name + "' cannot be mounted with an id mapping: " + filesystem_of(tree) +
           (recursive ? ", or one below it," : "") + " does not support one on this kernel");
}

}  // namespace berth::sys
