// The plan and the trace, which come with the first answers: berth compiles while init starts.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// Maps the plan, or the trace, and closes its descriptor. False: it is not one.
bool map_image(Init& init, int fd);
bool map_stamps(Init& init, int fd);

}  // namespace berth::init
