// The step about standard streams without a terminal.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::ReplaceNull& step);

}  // namespace berth::init
