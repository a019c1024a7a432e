// The Plan in the form that init maps: plan/steps.h, Image. Assembled once all descriptors are
// open.
#pragma once

#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

/// A sealed memfd. `slots` are descriptor numbers by slot index, `socket` and `trace` (or -1) those
/// of init's end of the talk and of the stamps; they must be open and inheritable when init starts.
sys::Fd make_image(const plan::Plan& plan, const std::vector<sys::Fd>& slots, int socket,
                   int trace);

/// berth-init itself, in a sealed memfd: what enters the container never has a path to berth.
sys::Fd make_program();

}  // namespace berth::launch
