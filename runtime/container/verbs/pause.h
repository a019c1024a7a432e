// pause and resume.
#pragma once

#include <string>

#include "runtime/container/context.h"

namespace berth::container {

/// Freezes all processes of a running container and returns when they are frozen. If that fails, or
/// a signal that ends berth arrives first, they run on.
void pause(Context& context, const std::string& id);

/// Thaws the processes of a paused container, also after a `pause` that was killed half-way.
void resume(Context& context, const std::string& id);

}  // namespace berth::container
