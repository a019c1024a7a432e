// Prints the Plan that create would carry out.
#pragma once

#include <string>

#include "runtime/compile/request.h"
#include "runtime/container/context.h"

namespace berth::container {

/// Returns text, or JSON. Changes nothing.
std::string plan(Context& context, const std::string& id, plan::Request request, bool json);

}  // namespace berth::container
