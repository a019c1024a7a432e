// The step that runs a hook in the container's namespaces.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::RunHook& step);

}  // namespace berth::init
