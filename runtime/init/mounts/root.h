// Steps that put the container's root in place and enter it.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::DetachPropagation& step);
void run(Init& init, const plan::AttachRoot& step);
void run(Init& init, const plan::UseRoot& step);
void run(Init& init, const plan::MoveRoot& step);
void run(Init& init, const plan::RemoveMount& step);
void run(Init& init, const plan::CopyEmptyNamespace& step);
void run(Init& init, const plan::EnterRoot& step);

}  // namespace berth::init
