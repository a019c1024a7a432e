// Steps about labels, processors, memory and io priority.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::SetAffinity& step);
void run(Init& init, const plan::PinToProcessors& step);
void run(Init& init, const plan::SetUmask& step);
void run(Init& init, const plan::SetLabel& step);
void run(Init& init, const plan::SetPersonality& step);
void run(Init& init, const plan::SetMemoryPolicy& step);
void run(Init& init, const plan::SetIoPriority& step);

}  // namespace berth::init
