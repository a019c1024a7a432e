#include "runtime/compile/builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace berth::plan {

Step& Builder::add(Side side, Op op, std::string_view origin) {
  Step step;
  step.op = op;
  step.side = side;
  // Most steps have that of the one before them.
  if (origin != std::string_view(plan.text_at(origin_), origin_size_)) {
    origin_ = text(origin);
    origin_size_ = origin.size();
  }
  step.origin = origin_;
  return plan.steps.emplace_back(step);
}

Step& Builder::synchronize(Sync sync) {
  Step& step = child(Op::Synchronize, "");
  step.number[0] = static_cast<std::uint64_t>(sync);
  return step;
}

Step& Builder::source(std::string_view origin) {
  Step& step = add(host.may_mount ? Side::Host : Side::Child, Op::OpenTree, origin);
  step.slot = new_slot();
  if (host.may_mount) return step;
  late_sources_.push_back(step);
  plan.steps.pop_back();
  return late_sources_.back();
}

void Builder::add_late_sources() {
  plan.steps.insert(plan.steps.end(), late_sources_.begin(), late_sources_.end());
}

std::uint32_t Builder::text(std::string_view text) {
  if (text.empty()) return 0;
  const auto offset = static_cast<std::uint32_t>(plan.text.size());
  plan.text.append(text).push_back('\0');
  return offset;
}

std::uint32_t Builder::list(const std::vector<std::string>& texts) {
  if (texts.empty()) return 0;
  const auto offset = static_cast<std::uint32_t>(plan.text.size());
  for (const std::string& text : texts) plan.text.append(text).push_back('\0');
  return offset;
}

std::uint32_t Builder::numbers(const std::vector<std::uint32_t>& numbers) {
  if (numbers.empty()) return 0;
  plan.text.resize((plan.text.size() + 3) / 4 * 4);
  const std::size_t offset = plan.text.size();
  plan.text.resize(offset + numbers.size() * sizeof(std::uint32_t));
  std::memcpy(plan.text.data() + offset, numbers.data(), numbers.size() * sizeof(std::uint32_t));
  return static_cast<std::uint32_t>(offset);
}

void Builder::warn(std::string_view pointer, std::string_view message) {
  if (plan.warnings.size() < Problems::kMost) {
    plan.warnings.push_back(std::string(pointer) + ": " + std::string(message));
  } else {
    ++warnings_left_out_;
  }
}

Plan Builder::take() {
  if (warnings_left_out_ > 0) {
    plan.warnings.push_back("and " + std::to_string(warnings_left_out_) + " more");
  }
  return std::move(plan);
}

}  // namespace berth::plan
