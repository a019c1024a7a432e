// A Plan as text for people and as JSON for programs: `berth plan`.
#pragma once

#include <string>

#include "runtime/plan/op_words.h"
#include "runtime/plan/plan.h"

namespace berth::plan {

/// One line of words, see op_words.h.
std::string step_words(const Plan& plan, const Step& step);

/// Text: a line a step: its number, who carries it out (`⇄`: both sides meet; `start`: berth
/// start, when the program runs), the words, and the property that asked for it. JSON: an array of
/// {step, side, op, slot, texts, numbers, origin}, where a text that is a list (arguments,
/// variables, group ids) is an array.
std::string print_plan(const Plan& plan, bool json);

}  // namespace berth::plan
