// Each instruction by a name for programs and in words for people: for printed plans, traces and
// errors alike, so that a person finds the one in the other.
#pragma once

#include <string>
#include <string_view>

#include "runtime/plan/steps.h"

namespace berth::plan {

/// `open_tree`
std::string_view op_name(Op op);
/// `host`, `prologue`, `child`
std::string_view side_name(Side side);

/// `set 'mode' to '755'`, `execute '/bin/sh'`. `t0` and `t1` are the first two texts of the step;
/// what would need one that is empty (a failure knows only the first) is left out.
std::string step_words(const Step& step, std::string_view t0, std::string_view t1);

}  // namespace berth::plan
