// Scheduler, execution domain, memory policy, io priority. config.md "Linux Process"
#pragma once

#include <optional>
#include <string>

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host, after everything else, because a policy may forbid what init has to do.
void compile_scheduler(const spec::Config& config, Builder& builder);

// execCPUAffinity of exec, each a list of processors like 0-3,6. PR-AFF-1, PR-AFF-2
/// Host, before init is started, and so before it is in its cgroups.
void compile_initial_affinity(const std::optional<std::string>& processors, Builder& builder);
/// Child, when it is in its cgroups.
void compile_final_affinity(const std::optional<std::string>& processors, Builder& builder);

/// Child: execution domain, memory policy, io priority.
void compile_policies(const spec::Config& config, Builder& builder);

/// Copies the policies that are not in `process`, so that each process of an exec gets them, too.
void keep_policies(const spec::Config& config, spec::Config& kept);

}  // namespace berth::plan
