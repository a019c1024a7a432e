#include "runtime/container/verbs/create.h"

#include "runtime/cli/verbs/creation.h"

namespace berth::cli {

namespace {

struct Create : Creation {
  bool detach = false;
};

constexpr auto kFlags = after_creation_flags({
    {"--detach", in<Create, &Create::detach>, "no effect: create never waits"},
    kIdFlag,
});

int run(Call& call, Create& options) {
  container::create(call.context, call.id, options);
  return 0;
}

}  // namespace

extern constexpr Verb kCreate = verb<Create, run, check_creation>(
    "create", "make a container from a bundle; its program waits for start", kFlags);

}  // namespace berth::cli
