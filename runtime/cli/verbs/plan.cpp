#include "runtime/container/verbs/plan.h"

#include <algorithm>

#include "runtime/cli/output.h"
#include "runtime/cli/values.h"
#include "runtime/cli/verbs/creation.h"

namespace berth::cli {

namespace {

struct Plan : Options, plan::Request {
  std::string format = "text";
};

constexpr Flag kFlags[] = {
    kBundleFlag<Plan>,
    {"--format FORMAT", in<Plan, &Plan::format>, "text or json"},
    {"[ID]", &Call::id, "of the container; default: plan"},
};

void check(Call& call, Plan& options) {
  take_globals(call, options);
  require_one_of("--format", options.format, {"text", "json"});
  if (call.id.empty()) call.id = "plan";
}

int run(Call& call, Plan& options) {
  print(container::plan(call.context, call.id, options, options.format == "json"));
  // The compiler's warnings are part of the answer.
  call.log.level = std::max(call.log.level, Level::Warning);
  return 0;
}

}  // namespace

extern constexpr Verb kPlan =
    verb<Plan, run, check>("plan", "print what create would do, without doing it", kFlags);

}  // namespace berth::cli
