#include "runtime/plan/step_slots.h"

namespace berth::plan {

namespace {

/// The visitor of a describe().
struct Finder {
  StepSlots found;
  std::size_t count = 0;

  void step(const char*, const char*) {}
  void hint(int, const char*, const char* = nullptr) {}
  void operator()(const char*, const Slot& slot) { found.used.at(count++) = slot; }
  void operator()(const char*, const FilledSlot& filled) { found.filled = filled.slot; }
  void operator()(const char*, const auto&) {}
};

}  // namespace

StepSlots slots_of(const Step& step) {
  Finder finder;
  visit(step, [&](const auto& typed) { describe(finder, typed); });
  return finder.found;
}

}  // namespace berth::plan
