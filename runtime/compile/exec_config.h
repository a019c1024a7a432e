// What create keeps of the configuration for exec: the program's properties that every process of
// the container shares.
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// A config.json with these properties alone: what it requires, `process`, annotations that exec
/// needs, and of `linux` the namespaces that are new, the personality, the memory policy, intelRdt,
/// and of seccomp what the filter itself does not say.
spec::Config exec_config_of(const spec::Config& config);

/// Host, while the child sets itself up: keeps the configuration, and the filter if there is one.
void compile_kept_config(const spec::Config& config, Slot filter, Builder& builder);

}  // namespace berth::plan
