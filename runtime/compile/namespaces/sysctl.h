// The container's names and its kernel parameters. config.md "Hostname", config-linux.md "Sysctl"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host: checks that no name or parameter is set in berth's own namespace, which a config can name
/// by its path.
void compile_namespace_checks(const spec::Config& config, const Slots& namespaces,
                              Builder& builder);

/// Whether the child writes to a procfs, and so has to make one.
bool writes_to_proc(const spec::Config& config, const Host& host);

void compile_sysctl(const spec::Config& config, Builder& builder);

void compile_names(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
