// Collects the steps of a Plan.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/compile/request.h"
#include "runtime/host/host.h"
#include "runtime/plan/plan.h"
#include "runtime/plan/steps/steps.h"
#include "spec/error.h"

namespace berth::plan {

/// A slot for each entry of a list; kNoSlot where there is nothing to open.
using Slots = std::vector<Slot>;

/// All chapters of the compiler append to one Builder, so the order of calls in order.cpp is the
/// order of the steps.
class Builder {
 public:
  /// There is room for so many steps, and for their texts, before it has to be made.
  Builder(const Host& on, const Request& asked, Problems& found, std::size_t steps)
      : host(on), request(asked), problems(found) {
    constexpr std::size_t kTextOfStep = 32;
    plan.steps.reserve(steps);
    plan.text.reserve(steps * kTextOfStep);
  }

  /// Appends a step. `side` is for steps that either the prologue or the child may carry out.
  template <StepType T>
  void add(const T& step, std::string_view origin, Side side = facts_of<T>().side) {
    append(origin, side).set(step);
  }

  /// Appends a step, which fills a new slot.
  template <FillsSlot T>
  Slot fill(T step, std::string_view origin) {
    step.to.slot = {plan.slot_count++};
    add(step, origin);
    return step.to.slot;
  }

  Text text(std::string_view text);
  TextList list(const std::vector<std::string>& texts);
  NumberList numbers(const std::vector<std::uint32_t>& numbers);
  /// A new slot for the source of a mount. The host opens the source. If the host may not, the
  /// child opens it as soon as it has a mount namespace of its own; compile_root adds those steps.
  Slot source(std::string_view path, bool recursive, Symlink symlink, std::string_view origin);
  /// The same for the root: no part of the path may be a magic link.
  Slot root(std::string_view path, std::string_view origin);
  void add_late_sources();

  /// Reports a property that is right, but that this berth, host or kernel cannot carry out.
  void unsupported(std::string pointer, std::string message) {
    problems.add(std::move(pointer), std::move(message), ErrorKind::Unsupported);
  }
  /// Keeps at most as many warnings as there may be problems.
  void warn(std::string_view pointer, std::string_view message);

  /// Returns the complete Plan.
  Plan take();

  const Host& host;
  const Request& request;
  Problems& problems;
  Plan plan;

 private:
  Step& append(std::string_view origin, Side side);
  Slot open_source(const CloneTree& step, std::string_view origin);

  Text origin_;  ///< the origin of the last step
  std::size_t origin_size_ = 0;
  std::size_t warnings_left_out_ = 0;
  std::vector<Step> late_sources_;
};

}  // namespace berth::plan
