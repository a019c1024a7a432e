// Some descriptors can be opened only in another namespace. berth has a child process open them
// into the descriptor table that they share (CLONE_FILES), so berth itself never leaves its own
// namespaces. What the child joined or made ends with the child, and nothing has to be restored
// when a step fails.
#pragma once

#include <functional>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Runs `open` in such a child and returns its descriptor; an Error that `open` throws is thrown
/// here. `flags` are the CLONE_NEW* namespaces that the child gets for itself. The child has a copy
/// of berth's memory, so `open` cannot change berth's. clone(2)
Fd open_in_child(int flags, const std::function<Fd()>& open);

}  // namespace berth::sys
