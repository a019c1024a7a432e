// Steps about what a new namespace holds that is not a file.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::NewSession& step);
void run(Init& init, const plan::NewKeyring& step);
void run(Init& init, const plan::LoopbackUp& step);
void run(Init& init, const plan::NewCgroupNamespace& step);
void run(Init& init, const plan::WriteSysctl& step);
void run(Init& init, const plan::SetHostname& step);
void run(Init& init, const plan::SetDomainname& step);

}  // namespace berth::init
