// Namespaces that exist already and are joined by their path. namespaces(7)
#pragma once

#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// Opens a namespace file and checks what it is: Config error when it is no namespace, or one of
/// another type than `type` (CLONE_NEW*). NS-3
Fd open_namespace(const std::string& path, int type);

/// Config error when the namespace that was opened by this path is the one that we are in.
void refuse_own_namespace(const Fd& space, const std::string& path, int type);

}  // namespace berth::sys
