// A procfs of the container's pid namespace, which may not be init's own yet.
#pragma once

#include "runtime/init/fd.h"
#include "runtime/init/state.h"

namespace berth::init {

/// A file system context. fsopen(2)
Fd new_procfs(const Init& init);

}  // namespace berth::init
