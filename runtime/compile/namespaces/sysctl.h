// The container's names and its kernel parameters. config.md "Hostname", config-linux.md "Sysctl"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config.h"

namespace berth::plan {

/// Host: none of them is set in a namespace that is the host's own and only came by its path.
void compile_namespace_checks(const spec::Config& config, const Slots& namespaces,
                              Builder& builder);

/// Child: a procfs for what is written to one, and nothing without need; its end.
void compile_open_proc(const spec::Config& config, Builder& builder);

void compile_close_proc(const spec::Config& config, Builder& builder);

void compile_sysctl(const spec::Config& config, Builder& builder);

void compile_names(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
