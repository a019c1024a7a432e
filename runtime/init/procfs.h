// Makes a procfs of the container's pid namespace, which init may not have entered yet.
#pragma once

#include "runtime/init/fd.h"
#include "runtime/init/state.h"

namespace berth::init {

/// Returns a file system context. fsopen(2)
Fd new_procfs(const Init& init);

}  // namespace berth::init
