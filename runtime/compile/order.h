// config.json becomes a Plan.
#pragma once

#include "runtime/compile/request.h"
#include "runtime/host/host.h"
#include "runtime/plan/plan.h"
#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::plan {

/// Compiles a Config to a Plan. It reports all problems at once, each at its exact pointer. If
/// there are any, the Plan must not be used.
Plan compile(const spec::Config& config, const Request& request, const Host& host,
             Problems& problems);

}  // namespace berth::plan
