// Mounts of the host, as detached copies that go into a container.
#pragma once

#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// A detached copy of the mount at a path of the host, from that directory (or file) on;
/// `recursive`: with every mount below. Attached nowhere, gone when its descriptor is closed.
/// open_tree(2) OPEN_TREE_CLONE
Fd clone_tree(const std::string& path, bool recursive);

}  // namespace berth::sys
