#include "runtime/container/verbs/ps.h"

#include "runtime/cli/output.h"
#include "runtime/cli/values.h"
#include "runtime/cli/verb.h"
#include "spec/json/json.h"

namespace berth::cli {

namespace {

struct Ps : Options {
  std::string format = "table";
  Words options;
};

constexpr Flag kFlags[] = {
    {"-f,--format FORMAT", in<Ps, &Ps::format>, "table or json: the pids alone"},
    kIdFlag,
    {"[OPTION...]", in<Ps, &Ps::options>, "of ps(1), for the table; default: -ef"},
};

void check(Call& /*call*/, Ps& options) {
  require_one_of("--format", options.format, {"table", "json"});
}

int run(Call& call, Ps& options) {
  print(options.format == "json"
            ? spec::to_json(container::list_processes(call.context, call.id)) + "\n"
            : container::process_table(call.context, call.id, options.options));
  return 0;
}

}  // namespace

extern constexpr Verb kPs =
    verb<Ps, run, check>("ps", "print the processes of a container", kFlags);

}  // namespace berth::cli
