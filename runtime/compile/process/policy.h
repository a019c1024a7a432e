// Scheduler, execution domain, memory policy, io priority. config.md "Linux Process"
#pragma once

#include <optional>
#include <string>

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host, after everything else, because a policy may forbid what init has to do.
void compile_scheduler(const spec::Config& config, Builder& builder);

/// Lets init run on these processors alone, if any are given; they are a list like 0-3,6.
void compile_affinity(const std::optional<std::string>& processors, const char* pointer, Side side,
                      Builder& builder);

/// Child: execution domain, memory policy, io priority.
void compile_policies(const spec::Config& config, Builder& builder);

/// Copies the policies that are not in `process`, so that each process of an exec gets them, too.
void keep_policies(const spec::Config& config, spec::Config& kept);

}  // namespace berth::plan
