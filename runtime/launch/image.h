// The Plan in the form that init maps: plan/steps.h, Image. Assembled once all descriptors are
// open.
#pragma once

#include <cstdint>

#include "runtime/linux/fd.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

/// A sealed memfd. `fd_count` descriptors are going to come with it.
sys::Fd make_image(const plan::Plan& plan, std::uint32_t fd_count);

}  // namespace berth::launch
