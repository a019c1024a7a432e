// A Plan as lines for tests, from the describe() of each step: who carries it out, which, every
// operand that is not what it is when left out, and the property that asked for it.
//   child place path='/data' rules='no_symlinks' <- /mounts/3
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include "runtime/plan/plan.h"
#include "runtime/plan/words.h"
#include "spec/error.h"

namespace berth::plan {

using Lines = std::vector<std::string>;

inline std::string op_name(const Step& step) { return std::string(description_of(step, {}).op); }

/// What the members are when nothing is said.
inline Description blank_of(const Step& step) {
  Step blank;
  visit(step, [&](const auto& typed) { blank.set(std::remove_cvref_t<decltype(typed)>{}); });
  return description_of(blank, {});
}

/// `path='/data'`, `to=3`, `recursive`, `gids=[5, 6]`
inline std::string member_text(const Member& member) {
  const std::string name(member.name);
  switch (member.kind) {
    case Member::Kind::Text:
    case Member::Kind::Word:
      return name + "='" + member.text + "'";
    case Member::Kind::Number:
      return member.text == "true" ? name : name + "=" + member.text;
    case Member::Kind::List:
      return name + "=[" + member.text + "]";
  }
  return {};
}

inline std::string line_of(const Plan& plan, const Step& step) {
  const Description description = description_of(step, plan.text);
  const Description blank = blank_of(step);
  std::string line = std::string(side_name(step.side)) + " " + std::string(description.op);
  for (std::size_t i = 0; i < description.members.size(); ++i) {
    const Member& member = description.members[i];
    // A document of its own, with tests of its own.
    const bool is_state = member.name == "state" || member.name == "pid_place";
    if (is_state || member.text == blank.members[i].text) continue;
    line += " " + member_text(member);
  }
  const std::string origin = plan.text_at(step.origin);
  return origin.empty() ? line : line + " <- " + origin;
}

inline Lines plan_text(const Plan& plan) {
  Lines lines;
  for (const Step& step : plan.steps) lines.push_back(line_of(plan, step));
  return lines;
}

/// The pointers of all problems; an Unsupported one has a `?` in front.
inline Lines problem_text(const Problems& problems) {
  Lines pointers;
  for (const Problem& problem : problems.list()) {
    pointers.push_back((problem.kind == ErrorKind::Unsupported ? "?" : "") + problem.pointer);
  }
  return pointers;
}

}  // namespace berth::plan
