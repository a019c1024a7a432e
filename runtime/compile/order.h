// config.json becomes a Plan.
#pragma once

#include "runtime/compile/request.h"
#include "runtime/host/host.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"
#include "spec/error.h"

namespace berth::plan {

/// Config to Plan. Problems are at their exact pointers, all at once; the Plan is of no use when
/// there are any.
Plan compile(const spec::Config& config, const Request& request, const Host& host,
             Problems& problems);

}  // namespace berth::plan
