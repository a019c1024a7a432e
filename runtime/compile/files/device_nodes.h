// Device nodes and the symbolic links of /dev. config-linux.md "Devices"
#pragma once

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mounts.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Child: makes device nodes and the symbolic links of /dev, and opens the null device that masks
/// files.
void compile_devices(const spec::Config& config, const Files& files, Builder& builder);

}  // namespace berth::plan
