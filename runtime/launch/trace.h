// `--trace FILE`: when each step of a Plan ran, on both sides, for any viewer of Chrome traces.
// init writes its stamps into memory that it shares with berth; all stamps are CLOCK_REALTIME.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/files/shared_map.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

/// A span of time on one side.
struct TraceEvent {
  std::string name;
  std::string phase = "X";  ///< complete; "M": metadata
  int thread = 0;
  double begin = 0, duration = 0;  ///< microseconds
  std::map<std::string, std::string> arguments = {};
};

class Trace {
 public:
  /// An inactive trace costs nothing: its spans do not read the clock.
  explicit Trace(bool active);

  /// Makes the stamps of a Plan, and keeps the descriptions of its steps.
  void prepare(const plan::Plan& plan);
  /// The descriptor of the stamps for init; -1 if inactive.
  int fd() const { return stamps_ ? stamps_->fd().get() : -1; }

  /// Records the time from its construction to its destruction, for a step of the Plan or for a
  /// name.
  class Span {
   public:
    Span(Trace& trace, std::size_t step);
    Span(Trace& trace, std::string name);
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;
    ~Span();

   private:
    Trace& trace_;
    std::uint64_t begin_ = 0;
    std::size_t index_ = 0;  ///< of the step, or of the name
    bool is_named_ = false;
  };

  /// The whole trace. Its time counts from the construction: viewers have only 53 bits for it.
  std::string to_json() const;

 private:
  plan::Stamp* stamp_of(std::size_t step) const noexcept;
  TraceEvent timed(TraceEvent event, const plan::Stamp& stamp) const;

  bool active_;
  std::uint64_t start_ = 0;
  std::optional<sys::SharedMap> stamps_;
  std::vector<TraceEvent> steps_;  ///< without their times
  std::vector<TraceEvent> named_;  ///< without their times
  std::vector<plan::Stamp> named_stamps_;
};

}  // namespace berth::launch
