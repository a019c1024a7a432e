// Mounts of the host, as detached copies that go into a container.
#pragma once

#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// What a symbolic link at the end of a path stands for.
enum class LastLink { Follow, Itself };

/// A detached copy of the mount at a path of the host, from that directory (or file) on;
/// `recursive`: with every mount below. Attached nowhere, gone when its descriptor is closed.
/// open_tree(2) OPEN_TREE_CLONE
Fd clone_tree(const std::string& path, bool recursive, LastLink last = LastLink::Follow);

/// Gives a tree that is attached nowhere the id mapping of a user namespace; `recursive`: with
/// every mount below. `name` is for errors: Unsupported when the file system cannot do that.
/// mount_setattr(2) MOUNT_ATTR_IDMAP
void map_ids(const Fd& tree, const std::string& name, const Fd& user_namespace, bool recursive);

}  // namespace berth::sys
