// Existing namespaces that a container joins by path. namespaces(7)
#pragma once

#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Opens a namespace file. A file that is not a namespace of type `type` (CLONE_NEW*) is a Config
/// error. NS-3
Fd open_namespace(const std::string& path, int type);

/// Throws a Config error if the namespace is the one that berth itself is in.
void refuse_own_namespace(const Fd& space, const std::string& path, int type);

}  // namespace berth::sys
