#include "runtime/plan/print.h"

#include <algorithm>

#include "runtime/plan/words.h"
#include "spec/json/json.h"

namespace berth::plan {

namespace {

constexpr std::size_t kWidestWords = 60;  ///< longer words do not move the column of the others
constexpr std::size_t kWidestSide = 8;    ///< `prologue`

std::string padded(std::string text, std::size_t shown, std::size_t width) {
  if (shown < width) text.append(width - shown, ' ');
  return text;
}

std::string who(const Step& step) {
  if (step.is<Synchronize>()) return padded("⇄", 1, kWidestSide);
  const std::string name(side_name(step.side));
  return padded(name, name.size(), kWidestSide);
}

std::string print_text(const Plan& plan) {
  std::vector<std::string> words;
  std::size_t width = 0;
  for (const Step& step : plan.steps) {
    words.push_back(step_words(step, plan.text));
    if (words.back().size() <= kWidestWords) width = std::max(width, words.back().size());
  }
  const std::size_t digits = std::to_string(plan.steps.size()).size();
  std::string lines;
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const Step& step = plan.steps[index];
    const std::string number = std::to_string(index);
    lines += std::string(digits - number.size(), ' ') + number + "  " + who(step) + "  ";
    const std::string_view origin = plan.text_at(step.origin);
    if (origin.empty()) {
      lines += words[index] + "\n";
    } else {
      lines +=
          padded(words[index], words[index].size(), width).append("  <- ").append(origin) + "\n";
    }
  }
  return lines;
}

void print_list(const Member& list, spec::JsonWriter& out) {
  out.open('[');
  for (const std::string& item : list.items) {
    out.next();
    list.has_numbers ? out.raw(item) : out.quoted(item);
  }
  out.close(']');
}

void print_value(const Member& member, spec::JsonWriter& out) {
  switch (member.kind) {
    case Member::Kind::Text:
    case Member::Kind::Word:
      return out.quoted(member.text);
    case Member::Kind::Number:
      return out.raw(member.text.empty() ? "null" : member.text);
    case Member::Kind::List:
      return print_list(member, out);
  }
}

std::string json_step(const Plan& plan, std::size_t index) {
  const Step& step = plan.steps[index];
  const Description description = description_of(step, plan.text);
  spec::JsonWriter out(spec::Layout::Compact);
  out.open('{');
  out.member("step");
  out.raw(std::to_string(index));
  out.member("side");
  out.quoted(side_name(step.side));
  out.member("op");
  out.quoted(description.op);
  for (const Member& member : description.members) {
    out.member(member.name);
    print_value(member, out);
  }
  out.member("origin");
  out.quoted(plan.text_at(step.origin));
  out.close('}');
  return out.take();
}

std::string print_json(const Plan& plan) {
  std::string steps;
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    steps += (index == 0 ? "" : ",\n") + json_step(plan, index);
  }
  return "[" + steps + "]\n";
}

}  // namespace

std::string print_plan(const Plan& plan, bool json) {
  return json ? print_json(plan) : print_text(plan);
}

}  // namespace berth::plan
