#include "runtime/plan/print.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "spec/json.h"

namespace berth::plan {

namespace {

constexpr std::size_t kWidestWords = 60;  ///< longer ones do not move the column of all others
constexpr std::size_t kWidestSide = 8;    ///< `prologue`

std::string padded(std::string text, std::size_t shown, std::size_t width) {
  if (shown < width) text.append(width - shown, ' ');
  return text;
}

std::string who(const Step& step) {
  const bool is_poststart = step.side == Side::Host && step.op == Op::RunHook &&
                            step.number[0] == static_cast<std::uint64_t>(HookKind::Poststart);
  if (is_poststart) return padded("start", 5, kWidestSide);
  if (step.op == Op::Synchronize) return padded("⇄", 1, kWidestSide);
  const std::string name(side_name(step.side));
  return padded(name, name.size(), kWidestSide);
}

std::string print_text(const Plan& plan) {
  std::vector<std::string> words;
  std::size_t width = 0;
  for (const Step& step : plan.steps) {
    words.push_back(step_words(plan, step));
    if (words.back().size() <= kWidestWords) width = std::max(width, words.back().size());
  }
  const std::size_t digits = std::to_string(plan.steps.size()).size();
  std::string lines;
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const Step& step = plan.steps[index];
    const std::string number = std::to_string(index);
    lines += std::string(digits - number.size(), ' ') + number + "  " + who(step) + "  ";
    if (step.origin == 0) {
      lines += words[index] + "\n";
    } else {
      lines += padded(words[index], words[index].size(), width) + "  <- " +
               plan.text_at(step.origin) + "\n";
    }
  }
  return lines;
}

template <class Items, class Print>
std::string json_array(const Items& items, Print print) {
  std::string array;
  for (const auto& item : items) {
    if (!array.empty()) array += ",";
    array += print(item);
  }
  return "[" + array + "]";
}

/// How many entries the list at text `index` has; nothing when it is one text.
std::optional<std::uint64_t> list_size(const Step& step, std::size_t index) {
  const bool has_lists =
      step.op == Op::FindProgram || (step.op == Op::RunHook && step.side == Side::Child);
  if (has_lists && (index == 1 || index == 2)) return step.number[index - 1];
  return std::nullopt;
}

/// The same of an array of numbers.
std::optional<std::uint64_t> array_size(const Step& step, std::size_t index) {
  if (step.op == Op::SetGroups && index == 0) return step.number[0];
  if (step.op == Op::SetMemoryPolicy && index == 2) return step.number[1];
  return std::nullopt;
}

std::string json_text(const Plan& plan, const Step& step, std::size_t index) {
  const std::uint32_t offset = step.text[index];
  if (const auto size = array_size(step, index)) {
    std::vector<std::uint32_t> numbers(*size);
    if (!numbers.empty()) {
      std::memcpy(numbers.data(), plan.text_at(offset), numbers.size() * sizeof(std::uint32_t));
    }
    return json_array(numbers, [](std::uint32_t number) { return std::to_string(number); });
  }
  if (const auto size = list_size(step, index)) {
    return json_array(plan.list_at(offset, *size), spec::json_quote);
  }
  return spec::json_quote(plan.text_at(offset));
}

std::string json_step(const Plan& plan, std::size_t index) {
  const Step& step = plan.steps[index];
  constexpr std::size_t kTexts[] = {0, 1, 2, 3};
  return "{\"step\":" + std::to_string(index) + ",\"side\":\"" + std::string(side_name(step.side)) +
         "\",\"op\":\"" + std::string(op_name(step.op)) +
         "\",\"slot\":" + (step.slot == kNoSlot ? "null" : std::to_string(step.slot)) +
         ",\"texts\":" +
         json_array(kTexts, [&](std::size_t text) { return json_text(plan, step, text); }) +
         ",\"numbers\":" +
         json_array(step.number, [](std::uint64_t number) { return std::to_string(number); }) +
         ",\"origin\":" + spec::json_quote(plan.text_at(step.origin)) + "}";
}

std::string print_json(const Plan& plan) {
  std::string steps;
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    steps += (index == 0 ? "" : ",\n") + json_step(plan, index);
  }
  return "[" + steps + "]\n";
}

}  // namespace

std::string step_words(const Plan& plan, const Step& step) {
  // What the first text of SetGroups points at is numbers.
  const char* t0 = step.op == Op::SetGroups ? "" : plan.text_at(step.text[0]);
  return step_words(step, t0, plan.text_at(step.text[1]));
}

std::string print_plan(const Plan& plan, bool json) {
  return json ? print_json(plan) : print_text(plan);
}

}  // namespace berth::plan
