// Values that fsconfig(2) takes only as a string of at most 255 bytes. The layers of an overlay may
// be longer: they can be given one by one (Linux 6.7), and as descriptors (Linux 6.13).
#pragma once

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_request.h"
#include "runtime/plan/plan.h"

namespace berth::plan {

/// Rewrites the long values of a request's words. A value that has to stay long is an Unsupported
/// problem. A kernel that is too old for the result refuses the mount.
void fit_values(MountRequest& request, Builder& builder);

}  // namespace berth::plan
