// `--trace FILE`: when each step of a Plan ran, on both sides, for any viewer of Chrome traces.
// Init writes its stamps into memory it shares with us; everything is in CLOCK_REALTIME.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/linux/shared_map.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

class Trace {
 public:
  /// An inactive one costs nothing: its spans do not look at the clock.
  explicit Trace(bool active) : active_(active) {}

  /// Makes the stamps of a Plan, and keeps what there is to say of its steps.
  void prepare(const plan::Plan& plan);
  /// Descriptor of the stamps for init; -1 when inactive.
  int fd() const { return stamps_ ? stamps_->fd().get() : -1; }

  /// Time between its construction and destruction, as a step of the Plan or under a name.
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

  /// {"traceEvents":[…]}
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
