// Descriptors that can be opened only in a namespace that is not ours, without ever leaving our
// own: a child opens them into the table of descriptors that it shares with us. What it joined or
// made for itself ends with it, so that nothing has to be restored, whatever fails and whatever may
// no longer be entered again.
#pragma once

#include <functional>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// What `open` returns in such a child; its Error is thrown here. `flags`: CLONE_NEW* of namespaces
/// that the child gets for itself. Memory is a copy: `open` changes nothing of ours. clone(2)
/// CLONE_FILES
Fd open_aside(int flags, const std::function<Fd()>& open);

}  // namespace berth::sys
