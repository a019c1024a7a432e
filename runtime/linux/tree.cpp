#include "runtime/linux/tree.h"

#include <fcntl.h>
#include <sys/mount.h>

#include "runtime/linux/system_error.h"

namespace berth::sys {

Fd clone_tree(const std::string& path, bool recursive) {
  constexpr unsigned kRecursive = AT_RECURSIVE;
  constexpr unsigned kFlags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  Fd tree(::open_tree(AT_FDCWD, path.c_str(), kFlags | (recursive ? kRecursive : 0)));
  if (!tree) fail_errno("open_tree", path);
  return tree;
}

}  // namespace berth::sys
