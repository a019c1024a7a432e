#include "runtime/compile/features.h"

#include "runtime/cli/output.h"
#include "runtime/cli/verb.h"
#include "spec/json/json.h"

namespace berth::cli {

namespace {

int run(Call& /*call*/, Options& /*options*/) {
  print(spec::to_json(plan::features(), spec::Layout::Pretty) + "\n");
  return 0;
}

}  // namespace

extern constexpr Verb kFeatures =
    verb<Options, run>("features", "print what berth can do, as JSON", {});

}  // namespace berth::cli
