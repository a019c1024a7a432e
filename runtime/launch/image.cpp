#include "runtime/launch/image.h"

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/linux/files/memfd.h"
#include "runtime/plan/step_slots.h"

namespace berth::launch {

namespace {

template <class T>
void append(std::string& bytes, const T* items, std::size_t count) {
  bytes.append(reinterpret_cast<const char*>(items), count * sizeof(T));
}

/// The last step that uses each slot: init may close its descriptor afterwards.
std::vector<plan::SlotEntry> slot_table(const plan::Plan& plan) {
  std::vector<plan::SlotEntry> table(static_cast<std::size_t>(plan.slot_count));
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    if (!plan::facts_of(plan.steps[index]).is_of_init()) continue;
    const plan::StepSlots slots = plan::slots_of(plan.steps[index]);
    for (const plan::Slot slot : {slots.used[0], slots.used[1], slots.filled}) {
      if (slot == plan::kNoSlot) continue;
      table.at(static_cast<std::size_t>(slot.number)).last_use = static_cast<std::uint32_t>(index);
    }
  }
  return table;
}

}  // namespace

sys::Fd make_image(const plan::Plan& plan) {
  const std::vector<plan::SlotEntry> slots = slot_table(plan);
  const plan::Image header{.step_count = static_cast<std::uint32_t>(plan.steps.size()),
                           .slot_count = static_cast<std::uint32_t>(slots.size()),
                           .text_size = static_cast<std::uint32_t>(plan.text.size())};
  std::string bytes;
  bytes.reserve(sizeof header + plan.steps.size() * sizeof(plan::Step) +
                slots.size() * sizeof(plan::SlotEntry) + plan.text.size());
  append(bytes, &header, 1);
  append(bytes, plan.steps.data(), plan.steps.size());
  append(bytes, slots.data(), slots.size());
  bytes += plan.text;
  return sys::sealed_memfd("berth-plan", bytes.data(), bytes.size());
}

}  // namespace berth::launch
