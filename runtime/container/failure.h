// What goes wrong while berth already deals with something else, in a destructor for instance.
#pragma once

#include <exception>

#include "runtime/container/container.h"

namespace berth::container {

/// Adds it to the failures of the call, if there is memory for that.
void note_failure(Site& site, const char* what, const std::exception& error) noexcept;

}  // namespace berth::container
