// The hooks of both sides. config.md "POSIX-platform Hooks"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host: prestart, then createRuntime.
void compile_host_hooks(const spec::Config& config, Builder& builder);

/// Child: the two kinds of hooks that run inside the container.
void compile_create_container_hooks(const spec::Config& config, Builder& builder);

void compile_start_container_hooks(const spec::Config& config, Builder& builder);

/// `berth start` runs these, after Execute.
void compile_poststart_hooks(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
