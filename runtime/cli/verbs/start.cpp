#include "runtime/container/verbs/start.h"

#include "runtime/cli/verb.h"

namespace berth::cli {

namespace {

constexpr Flag kFlags[] = {kIdFlag};

int run(Call& call, Options& /*options*/) {
  container::start(call.context, call.id);
  return 0;
}

}  // namespace

extern constexpr Verb kStart =
    verb<Options, run>("start", "let the program of a created container run", kFlags);

}  // namespace berth::cli
