// The step that opens the container's terminal.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::OpenTerminal& step);

}  // namespace berth::init
