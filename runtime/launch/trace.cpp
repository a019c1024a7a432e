#include "runtime/launch/trace.h"

#include <utility>

#include "runtime/linux/time.h"
#include "runtime/plan/words.h"
#include "spec/json/json.h"

namespace berth::launch {

namespace {

constexpr int kHostThread = 1;
constexpr int kInitThread = 2;

std::string microseconds(std::uint64_t nanoseconds) {
  const std::string fraction = std::to_string(1000 + nanoseconds % 1000).substr(1);
  return std::to_string(nanoseconds / 1000) + "." + fraction;
}

/// A complete event ("X"). `arguments` is a JSON object.
std::string event(const std::string& name, int thread, const plan::Stamp& stamp,
                  const std::string& arguments) {
  return "{\"name\":" + spec::json_quote(name) +
         ",\"ph\":\"X\",\"pid\":1,\"tid\":" + std::to_string(thread) +
         ",\"ts\":" + microseconds(stamp.begin) +
         ",\"dur\":" + microseconds(stamp.end > stamp.begin ? stamp.end - stamp.begin : 0) +
         ",\"args\":" + arguments + "}";
}

std::string thread_name(int thread, const char* name) {
  return "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":" + std::to_string(thread) +
         ",\"args\":{\"name\":" + spec::json_quote(name) + "}}";
}

}  // namespace

void Trace::prepare(const plan::Plan& plan) {
  if (!active_) return;
  stamps_.emplace("berth-trace", plan.steps.size() * sizeof(plan::Stamp));
  for (const plan::Step& step : plan.steps) {
    const plan::Description description = plan::description_of(step, plan.text);
    const bool is_of_init = plan::facts_of(step).is_of_init();
    rows_.push_back({.words = plan::words_of(description),
                     .thread = is_of_init ? kInitThread : kHostThread,
                     .arguments = "{\"step\":" + std::to_string(rows_.size()) + ",\"op\":\"" +
                                  std::string(description.op) + "\",\"origin\":" +
                                  spec::json_quote(plan.text_at(step.origin)) + "}"});
  }
}

plan::Stamp* Trace::stamp_of(std::size_t step) const {
  return static_cast<plan::Stamp*>(stamps_->data()) + step;
}

Trace::Span::Span(Trace& trace, std::size_t step) : trace_(trace), step_(step) {
  if (trace_.active_) begin_ = sys::realtime_nanoseconds();
}

Trace::Span::Span(Trace& trace, std::string name) : trace_(trace), name_(std::move(name)) {
  if (trace_.active_) begin_ = sys::realtime_nanoseconds();
}

Trace::Span::~Span() {
  if (!trace_.active_) return;
  const plan::Stamp stamp{.begin = begin_, .end = sys::realtime_nanoseconds()};
  if (!name_.empty()) {
    trace_.named_.push_back({std::move(name_), stamp});
  } else if (trace_.stamps_) {
    *trace_.stamp_of(step_) = stamp;
  }
}

std::string Trace::to_json() const {
  std::string events = thread_name(kHostThread, "berth") + ",\n" + thread_name(kInitThread, "init");
  for (const Named& named : named_) {
    events += ",\n" + event(named.name, kHostThread, named.stamp, "{}");
  }
  for (std::size_t index = 0; index < rows_.size(); ++index) {
    const plan::Stamp& stamp = *stamp_of(index);
    if (stamp.begin == 0) continue;
    const Row& row = rows_[index];
    events += ",\n" + event(row.words, row.thread, stamp, row.arguments);
  }
  return "{\"traceEvents\":[\n" + events + "\n]}\n";
}

}  // namespace berth::launch
