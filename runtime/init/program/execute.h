// Steps that find the program and execute it.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::FindProgram& step);
void run(Init& init, const plan::Execute& step);

}  // namespace berth::init
