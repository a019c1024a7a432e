#include "runtime/container/verbs/kill.h"

#include "runtime/cli/verb.h"

namespace berth::cli {

namespace {

struct Kill : Options, container::KillOptions {};

constexpr Flag kFlags[] = {
    {"-a,--all", in<Kill, &Kill::all>, "every process of the container"},
    kIdFlag,
    {"[SIGNAL]", in<Kill, &Kill::signal>, "name or number; default: TERM"},
};

int run(Call& call, Kill& options) {
  container::kill(call.context, call.id, options);
  return 0;
}

}  // namespace

extern constexpr Verb kKill = verb<Kill, run>("kill", "send a signal to a container", kFlags);

}  // namespace berth::cli
