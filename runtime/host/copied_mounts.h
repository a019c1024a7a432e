// Which containers need a copy of the host's mounts, because a detached tree that is built from
// them in the host's mount namespace would be another one.
#pragma once

#include <string>

#include "spec/config/config.h"

namespace berth::plan {

/// Whether a source of a bind mount, or the root, is such that only a copy of the host's mounts has
/// what the config means:
///
/// - It is below the root, where an earlier mount may be.
/// - It is on an unbindable mount, or has one below it. In the copy they can be bound.
/// - It is, or has below it, the file of a mount namespace, as snapd keeps them. The copy has none,
///   and the kernel attaches no tree with one in a mount namespace that is newer (ELOOP).
/// - It cannot be opened. Then the steps report why.
///
/// `bundle` is where relative paths begin.
bool needs_copied_mounts(const spec::Config& config, const std::string& bundle);

}  // namespace berth::plan
