// Steps about device nodes and symbolic links.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

void run(Init& init, const plan::CheckDevice& step);
void run(Init& init, const plan::MakeDevice& step);
void run(Init& init, const plan::MakeSymlink& step);
void run(Init& init, const plan::OpenNull& step);

}  // namespace berth::init
