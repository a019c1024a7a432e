#include "runtime/container/verbs/events.h"

#include "runtime/cli/output.h"
#include "runtime/cli/values.h"
#include "runtime/cli/verb.h"
#include "spec/json/json.h"

namespace berth::cli {

namespace {

struct Events : Options {
  bool stats = false;
  std::string interval = "5s";
  int milliseconds = 0;
};

constexpr Flag kFlags[] = {
    {"--stats", in<Events, &Events::stats>, "print the numbers once, and end"},
    {"--interval TIME", in<Events, &Events::interval>,
     "between two lines of numbers: 500ms, 5s, 1m30s; default: 5s"},
    kIdFlag,
};

void check(Call& /*call*/, Events& options) {
  options.milliseconds = duration_of("--interval", options.interval);
}

void print_event(const spec::Event& event) { print(spec::to_json(event) + "\n"); }

int run(Call& call, Events& options) {
  if (options.stats) {
    print_event(container::read_stats(call.context, call.id));
  } else {
    container::watch_events(call.context, call.id, options.milliseconds, print_event);
  }
  return 0;
}

}  // namespace

extern constexpr Verb kEvents =
    verb<Events, run, check>("events", "print what a container uses, and what its limits do",
                             kFlags, "Prints a line of JSON each time, until the container ends.");

}  // namespace berth::cli
