#include "runtime/container/verbs/pause.h"

#include "runtime/cli/verb.h"

namespace berth::cli {

namespace {

constexpr Flag kFlags[] = {kIdFlag};

int run(Call& call, Options& /*options*/) {
  container::pause(call.context, call.id);
  return 0;
}

}  // namespace

extern constexpr Verb kPause =
    verb<Options, run>("pause", "freeze all processes of a running container", kFlags);

}  // namespace berth::cli
