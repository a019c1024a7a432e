// A Plan as text for people and as JSON for programs: `berth plan`.
#pragma once

#include <string>

#include "runtime/plan/plan.h"

namespace berth::plan {

/// Text: one line for each step: its number, who carries it out (`⇄`: both sides meet; `start`:
/// berth start, when the program runs), the words, and the property that asked for it. JSON: an
/// array of {step, side, op, …, origin}, with every operand by its name in between.
std::string print_plan(const Plan& plan, bool json);

}  // namespace berth::plan
