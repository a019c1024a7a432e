// Detached copies of host mounts, which go into a container.
#pragma once

#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// How clone_tree() treats a symbolic link at the end of its path.
enum class Symlink { Follow, NoFollow };

/// Makes a detached copy of the mount at a host path, which shows that directory or file;
/// `recursive` includes the mounts below. The copy ends when its descriptor is closed. open_tree(2)
/// OPEN_TREE_CLONE
Fd clone_tree(const std::string& path, bool recursive, Symlink symlink = Symlink::Follow);

/// Makes one for the root of a container, recursively. No part of the path may be a magic link,
/// which is another one for each process. openat2(2) RESOLVE_NO_MAGICLINKS
Fd clone_root(const std::string& path);

/// Gives a detached tree the id mapping of a user namespace; `recursive` includes the mounts below.
/// Throws Unsupported, with `name`, if the file system has no id-mapped mounts. mount_setattr(2)
/// MOUNT_ATTR_IDMAP
void map_ids(const Fd& tree, const std::string& name, const Fd& user_namespace, bool recursive);

}  // namespace berth::sys
