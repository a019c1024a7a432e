#include "runtime/launch/image.h"

#include <cstdint>
#include <string>

#include "runtime/linux/file.h"

namespace berth::launch {

namespace {

template <class T>
void append(std::string& bytes, const T* items, std::size_t count) {
  bytes.append(reinterpret_cast<const char*>(items), count * sizeof(T));
}

}  // namespace

sys::Fd make_image(const plan::Plan& plan, const std::vector<sys::Fd>& slots, bool has_trace) {
  const plan::Image header{.step_count = static_cast<std::uint32_t>(plan.steps.size()),
                           .slot_count = static_cast<std::uint32_t>(slots.size()),
                           .text_size = static_cast<std::uint32_t>(plan.text.size()),
                           .has_trace = has_trace ? 1U : 0U};
  std::vector<std::int32_t> numbers;
  numbers.reserve(slots.size());
  for (const sys::Fd& fd : slots) {
    numbers.push_back(fd ? plan::Image::kComes : plan::Image::kLate);
  }

  std::string bytes;
  bytes.reserve(sizeof header + plan.steps.size() * sizeof(plan::Step) +
                numbers.size() * sizeof(std::int32_t) + plan.text.size());
  append(bytes, &header, 1);
  append(bytes, plan.steps.data(), plan.steps.size());
  append(bytes, numbers.data(), numbers.size());
  bytes += plan.text;
  return sys::sealed_memfd("berth-plan", bytes.data(), bytes.size());
}

}  // namespace berth::launch
