// Steps about the working directory.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::MakeWorkingDirectory& step);
void run(Init& init, const plan::ChangeDirectory& step);

}  // namespace berth::init
