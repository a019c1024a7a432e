// The step that fills a tmpfs with the content that it covers.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::CopyUp& step);

}  // namespace berth::init
