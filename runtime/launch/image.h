// Writes the Plan in the form that init maps: plan/steps/steps.h, Image.
#pragma once

#include "runtime/linux/base/fd.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

/// Returns a sealed memfd.
sys::Fd make_image(const plan::Plan& plan);

}  // namespace berth::launch
