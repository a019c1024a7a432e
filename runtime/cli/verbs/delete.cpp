#include "runtime/container/verbs/delete.h"

#include "runtime/cli/verb.h"

namespace berth::cli {

namespace {

struct Delete : Options, container::DeleteOptions {};

constexpr Flag kFlags[] = {
    {"-f,--force", in<Delete, &Delete::force>, "kill it first; no error when there is none"},
    kIdFlag,
};

int run(Call& call, Delete& options) {
  container::remove(call.context, call.id, options);
  return 0;
}

}  // namespace

extern constexpr Verb kDelete =
    verb<Delete, run>("delete", "remove a container that has stopped", kFlags);

}  // namespace berth::cli
