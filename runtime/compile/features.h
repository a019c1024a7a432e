// What this berth can do, whatever the host can: the document of `features`. Each list is the table
// that the code itself goes by, so that neither can say more than the other.
#pragma once

#include "spec/features.h"

namespace berth::plan {

/// features.md, features-linux.md
spec::Features features();

}  // namespace berth::plan
