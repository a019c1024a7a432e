#include "runtime/launch/trace.h"

#include <utility>

#include "runtime/linux/base/time.h"
#include "runtime/plan/words.h"
#include "spec/json/json.h"

namespace berth::launch {

namespace {

constexpr int kHostThread = 1;
constexpr int kInitThread = 2;

/// The document that viewers read.
struct Events {
  std::vector<TraceEvent> list;
};

void describe(auto& v, Events& events) { v.required("traceEvents", events.list); }

/// 0 if a step has not ended.
double microseconds(std::uint64_t begin, std::uint64_t end) {
  return end > begin ? static_cast<double>(end - begin) / 1000 : 0;
}

TraceEvent thread_name(int thread, const char* name) {
  return {.name = "thread_name", .phase = "M", .thread = thread, .arguments = {{"name", name}}};
}

}  // namespace

void describe(auto& v, TraceEvent& event) {
  v.required("name", event.name);
  v.required("ph", event.phase);
  v.required("pid", kHostThread);  // both threads are shown as one process
  v.required("tid", event.thread);
  v.required("ts", event.begin);
  v.required("dur", event.duration);
  v.required("args", event.arguments);
}

Trace::Trace(bool active) : active_(active) {
  if (active_) start_ = sys::realtime_nanoseconds();
}

void Trace::prepare(const plan::Plan& plan) {
  if (!active_) return;
  stamps_.emplace("berth-trace", plan.steps.size() * sizeof(plan::Stamp));
  for (const plan::Step& step : plan.steps) {
    const plan::Description description = plan::description_of(step, plan.text);
    steps_.push_back({.name = plan::words_of(description),
                      .thread = plan::facts_of(step).is_of_init() ? kInitThread : kHostThread,
                      .arguments = {{"step", std::to_string(steps_.size())},
                                    {"op", std::string(description.op)},
                                    {"origin", plan.text_at(step.origin)}}});
  }
}

plan::Stamp* Trace::stamp_of(std::size_t step) const noexcept {
  return static_cast<plan::Stamp*>(stamps_->data()) + step;
}

Trace::Span::Span(Trace& trace, std::size_t step) : trace_(trace), index_(step) {
  if (trace_.active_) begin_ = sys::realtime_nanoseconds();
}

Trace::Span::Span(Trace& trace, std::string name) : trace_(trace), is_named_(true) {
  if (!trace_.active_) return;
  // The destructor only writes a stamp: it may not fail for want of memory.
  index_ = trace_.named_.size();
  trace_.named_.push_back({.name = std::move(name), .thread = kHostThread});
  trace_.named_stamps_.emplace_back();
  begin_ = sys::realtime_nanoseconds();
}

Trace::Span::~Span() {
  if (!trace_.active_) return;
  const plan::Stamp stamp{.begin = begin_, .end = sys::realtime_nanoseconds()};
  if (is_named_) {
    trace_.named_stamps_[index_] = stamp;
  } else if (trace_.stamps_) {
    *trace_.stamp_of(index_) = stamp;
  }
}

TraceEvent Trace::timed(TraceEvent event, const plan::Stamp& stamp) const {
  event.begin = microseconds(start_, stamp.begin);
  event.duration = microseconds(stamp.begin, stamp.end);
  return event;
}

std::string Trace::to_json() const {
  Events events{{thread_name(kHostThread, "berth"), thread_name(kInitThread, "init")}};
  for (std::size_t i = 0; i < named_.size(); ++i) {
    if (named_stamps_[i].begin != 0) events.list.push_back(timed(named_[i], named_stamps_[i]));
  }
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    const plan::Stamp& stamp = *stamp_of(step);
    if (stamp.begin != 0) events.list.push_back(timed(steps_[step], stamp));
  }
  return spec::to_json(events) + "\n";
}

}  // namespace berth::launch
