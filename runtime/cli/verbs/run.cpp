#include "runtime/container/verbs/run.h"

#include "runtime/cli/verbs/creation.h"

namespace berth::cli {

namespace {

struct Run : Creation, container::RunOptions {};

constexpr auto kFlags = after_creation_flags({
    {"-d,--detach", in<Run, &Run::detach>, "leave when the program runs"},
    {"--keep", in<Run, &Run::keep>, "do not delete the container afterwards"},
    {"--no-subreaper", in<Run, &Run::no_subreaper>, "do not adopt the container's orphans"},
    kIdFlag,
});

int run(Call& call, Run& options) {
  return container::run(call.context, call.id, options, options);
}

}  // namespace

extern constexpr Verb kRun = verb<Run, run, check_creation>(
    "run", "create, start, wait for and delete a container", kFlags,
    "\nThe exit code is the program's own, 128 + N when signal N ended it.\n");

}  // namespace berth::cli
