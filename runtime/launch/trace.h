// `--trace FILE`: when each step of a Plan ran, on both sides, for any viewer of Chrome traces.
// init writes its stamps into memory that it shares with berth; all times are CLOCK_REALTIME.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/linux/shared_map.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

class Trace {
 public:
  /// An inactive trace costs nothing: its spans do not read the clock.
  explicit Trace(bool active) : active_(active) {}

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
    std::size_t step_ = 0;
    std::string name_;
  };

  /// The whole trace: {"traceEvents":[…]}
  std::string to_json() const;

 private:
  struct Named {
    std::string name;
    plan::Stamp stamp;
  };

  /// A step of the Plan, as the trace shows it.
  struct Row {
    std::string words;
    int thread;
    std::string arguments;  ///< a JSON object
  };

  plan::Stamp* stamp_of(std::size_t step) const;

  bool active_;
  std::optional<sys::SharedMap> stamps_;
  std::vector<Row> rows_;
  std::vector<Named> named_;
};

}  // namespace berth::launch
