// What this berth can do, whatever the host can: the document of `berth features`. Each list comes
// from the table that the code itself uses, so the two cannot differ.
#pragma once

#include "spec/documents/features.h"

namespace berth::plan {

/// features.md, features-linux.md
spec::Features features();

}  // namespace berth::plan
