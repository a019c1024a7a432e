// Steps that load the filter and hand its listener over.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::StartHandOver& step);
void run(Init& init, const plan::LoadSeccomp& step);

}  // namespace berth::init
