// Makes a procfs of the container's pid namespace, which init may not have entered yet.
#pragma once

#include "runtime/init/base/fd.h"
#include "runtime/init/base/state.h"

namespace berth::init {

/// Returns a file system context. fsopen(2)
Fd new_procfs(const Init& init);

void run(Init& init, const plan::OpenProc& step);
void run(Init& init, const plan::CloseProc& step);

}  // namespace berth::init
