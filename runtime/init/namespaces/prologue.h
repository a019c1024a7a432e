// Steps before the clone, outside of every new namespace, and the child's steps about its time
// namespace.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// Makes namespaces (CLONE_NEW*) of the Clone step before the plan is there. If the kernel refuses
/// that, they are left to the clone, whose error names the step.
void make_early(Init& init, std::uint64_t namespaces);

void run(Init& init, const plan::EnterCgroup& step);
void run(Init& init, const plan::JoinNamespace& step);
void run(Init& init, const plan::JoinContainer& step);
void run(Init& init, const plan::NewTimeNamespace& step);
void run(Init& init, const plan::WriteTimeOffsets& step);
void run(Init& init, const plan::EnterTimeNamespace& step);
void run(Init& init, const plan::Clone& step);

}  // namespace berth::init
