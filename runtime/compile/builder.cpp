#include "runtime/compile/builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace berth::plan {

Step& Builder::append(std::string_view origin, Side side) {
  // Most steps have the origin of the step before them; it is stored only once.
  if (origin != std::string_view(plan.text_at(origin_), origin_size_)) {
    origin_ = text(origin);
    origin_size_ = origin.size();
  }
  Step& step = plan.steps.emplace_back();
  step.side = side;
  step.origin = origin_;
  return step;
}

Slot Builder::source(std::string_view path, bool recursive, Symlink symlink,
                     std::string_view origin) {
  return open_source(CloneTree{.path = text(path), .recursive = recursive, .symlink = symlink},
                     origin);
}

Slot Builder::root(std::string_view path, std::string_view origin) {
  return open_source(CloneTree{.path = text(path), .recursive = true, .no_magic_links = true},
                     origin);
}

Slot Builder::open_source(const CloneTree& step, std::string_view origin) {
  if (host.may_mount) {
    return fill(OpenTree{.path = step.path,
                         .recursive = step.recursive,
                         .symlink = step.symlink,
                         .no_magic_links = step.no_magic_links},
                origin);
  }
  const Slot slot = fill(step, origin);
  late_sources_.push_back(plan.steps.back());
  plan.steps.pop_back();
  return slot;
}

void Builder::add_late_sources() {
  plan.steps.insert(plan.steps.end(), late_sources_.begin(), late_sources_.end());
}

Text Builder::text(std::string_view text) {
  if (text.empty()) return {};
  const Text place{static_cast<std::uint32_t>(plan.text.size())};
  plan.text.append(text).push_back('\0');
  return place;
}

TextList Builder::list(const std::vector<std::string>& texts) {
  const TextList list{.offset = static_cast<std::uint32_t>(plan.text.size()),
                      .count = static_cast<std::uint32_t>(texts.size())};
  for (const std::string& text : texts) plan.text.append(text).push_back('\0');
  return list;
}

NumberList Builder::numbers(const std::vector<std::uint32_t>& numbers) {
  if (numbers.empty()) return {};
  plan.text.resize((plan.text.size() + 3) / 4 * 4);
  const std::size_t offset = plan.text.size();
  plan.text.resize(offset + numbers.size() * sizeof(std::uint32_t));
  std::memcpy(plan.text.data() + offset, numbers.data(), numbers.size() * sizeof(std::uint32_t));
  return {.offset = static_cast<std::uint32_t>(offset),
          .count = static_cast<std::uint32_t>(numbers.size())};
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
