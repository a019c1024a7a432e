// The Plan in the form that init maps: plan/steps.h, Image. Assembled once all descriptors are
// open.
#pragma once

#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

/// A sealed memfd. Of `slots` those that are open come with it, in their order.
sys::Fd make_image(const plan::Plan& plan, const std::vector<sys::Fd>& slots, bool has_trace);

}  // namespace berth::launch
