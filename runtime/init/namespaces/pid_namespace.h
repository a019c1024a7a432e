// Steps into namespaces that the child makes or joins by itself.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::NewNamespaces& step);
void run(Init& init, const plan::Fork& step);

}  // namespace berth::init
