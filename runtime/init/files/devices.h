// Steps about device nodes and symbolic links.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// Whether this is the null device.
bool is_null(int fd);

void run(Init& init, const plan::CheckDevice& step);
void run(Init& init, const plan::MakeDevice& step);
void run(Init& init, const plan::MakeSymlink& step);
void run(Init& init, const plan::OpenNull& step);

}  // namespace berth::init
