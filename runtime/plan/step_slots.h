// Which entries of the table of descriptors a step names.
#pragma once

#include <array>

#include "runtime/plan/steps/steps.h"

namespace berth::plan {

struct StepSlots {
  std::array<Slot, 2> used;  ///< kNoSlot where there are fewer
  Slot filled;               ///< kNoSlot: none
};

StepSlots slots_of(const Step& step);

}  // namespace berth::plan
