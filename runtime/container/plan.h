// Prints the Plan that create would carry out.
#pragma once

#include <string>

#include "runtime/container/create.h"

namespace berth::container {

/// Returns text, or JSON. Changes nothing.
std::string plan(Context& context, const std::string& id, const CreateOptions& options, bool json);

}  // namespace berth::container
