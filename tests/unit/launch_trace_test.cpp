// The trace of a Plan whose steps were executed in part.
#include "runtime/launch/trace.h"

#include <sys/mman.h>

#include <catch2/catch.hpp>

namespace berth::launch {
namespace {

using Catch::Contains;

plan::Plan plan_of_three() {
  plan::Plan plan;
  plan.steps.resize(3);
  plan.steps[0].set(plan::AttachDeviceRules{});
  plan.steps[1].set(plan::LoopbackUp{});
  plan.steps[2].set(plan::NewSession{});
  return plan;
}

/// What init does, which maps the stamps.
void stamp(const Trace& trace, std::size_t step, const plan::Stamp& stamp) {
  void* const map = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, trace.fd(), 0);
  REQUIRE(map != MAP_FAILED);
  static_cast<plan::Stamp*>(map)[step] = stamp;
  (void)::munmap(map, 4096);
}

TEST_CASE("a trace has the steps that began, each on its side, and a failed one has no duration") {
  Trace trace(true);
  trace.prepare(plan_of_three());
  { const Trace::Span span(trace, 0); }
  { const Trace::Span span(trace, "record"); }
  stamp(trace, 1, {.begin = 1, .end = 0});
  const std::string json = trace.to_json();
  CHECK_THAT(json, Contains(R"({"name":"record","ph":"X","pid":1,"tid":1,"ts":)"));
  CHECK_THAT(json, Contains(R"({"name":"attach the device rules","ph":"X","pid":1,"tid":1,"ts":)"));
  CHECK_THAT(json,
             Contains(R"("dur":0.000000,"args":{"op":"loopback_up","origin":"","step":"1"}})"));
  CHECK_THAT(json, !Contains("new_session"));
}

TEST_CASE("a trace that was not asked for has no stamps") {
  Trace trace(false);
  trace.prepare(plan_of_three());
  { const Trace::Span span(trace, 0); }
  CHECK(trace.fd() == -1);
}

}  // namespace
}  // namespace berth::launch
