// Steps about the standard streams: the container's terminal, or the files of the engine.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::OpenTerminal& step);
void run(Init& init, const plan::ReplaceNull& step);

}  // namespace berth::init
