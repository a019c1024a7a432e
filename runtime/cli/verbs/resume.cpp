#include "runtime/container/verbs/pause.h"

#include "runtime/cli/verb.h"

namespace berth::cli {

namespace {

constexpr Flag kFlags[] = {kIdFlag};

int run(Call& call, Options& /*options*/) {
  container::resume(call.context, call.id);
  return 0;
}

}  // namespace

extern constexpr Verb kResume =
    verb<Options, run>("resume", "let the processes of a paused container run", kFlags);

}  // namespace berth::cli
