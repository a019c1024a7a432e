// The Plan that create would carry out.
#pragma once

#include <string>

#include "runtime/container/create.h"

namespace berth::container {

/// Text, or JSON. Changes nothing.
std::string plan(Site& site, const std::string& id, const CreateOptions& options, bool json);

}  // namespace berth::container
