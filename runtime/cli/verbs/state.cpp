#include "runtime/container/verbs/state.h"

#include "runtime/cli/output.h"
#include "runtime/cli/verb.h"
#include "spec/json/json.h"

namespace berth::cli {

namespace {

constexpr Flag kFlags[] = {kIdFlag};

int run(Call& call, Options& /*options*/) {
  print(spec::to_json(container::state(call.context, call.id), spec::Layout::Pretty) + "\n");
  return 0;
}

}  // namespace

extern constexpr Verb kState =
    verb<Options, run>("state", "print the state of a container as JSON", kFlags);

}  // namespace berth::cli
