// Steps that set the credentials of the program.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::BecomeNamespaceRoot& step);
void run(Init& init, const plan::SetBoundingSet& step);
void run(Init& init, const plan::SetGroups& step);
void run(Init& init, const plan::SetIds& step);
void run(Init& init, const plan::SetCapabilities& step);
void run(Init& init, const plan::SetAmbient& step);
void run(Init& init, const plan::SetNoNewPrivileges& step);

}  // namespace berth::init
