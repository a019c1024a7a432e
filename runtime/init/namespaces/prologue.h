// Steps before the clone, outside of every new namespace, and the child's steps about its time
// namespace.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::EnterCgroup& step);
void run(Init& init, const plan::JoinNamespace& step);
void run(Init& init, const plan::NewTimeNamespace& step);
void run(Init& init, const plan::WriteTimeOffsets& step);
void run(Init& init, const plan::EnterTimeNamespace& step);
void run(Init& init, const plan::Clone& step);

}  // namespace berth::init
