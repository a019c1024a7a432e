#include "runtime/container/verbs/list.h"

#include "runtime/cli/output.h"
#include "runtime/cli/values.h"
#include "runtime/cli/verb.h"
#include "spec/json/json.h"

namespace berth::cli {

namespace {

struct List : Options {
  std::string format = "table";
  bool quiet = false;
};

constexpr Flag kFlags[] = {
    {"-f,--format FORMAT", in<List, &List::format>, "table or json"},
    {"-q,--quiet", in<List, &List::quiet>, "the IDs alone"},
};

std::string as_lines(const std::vector<spec::State>& containers) {
  std::string text;
  for (const spec::State& each : containers) text += each.id + "\n";
  return text;
}

std::string as_table(const std::vector<spec::State>& containers) {
  std::vector<std::vector<std::string>> rows{{"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"}};
  for (const spec::State& each : containers) {
    rows.push_back({each.id, std::to_string(each.pid.value_or(0)), each.status, each.bundle,
                    each.created, each.owner});
  }
  return table(rows);
}

void check(Call& /*call*/, List& options) {
  require_one_of("--format", options.format, {"table", "json"});
}

int run(Call& call, List& options) {
  const auto containers = container::list(call.context);
  const bool is_json = options.format == "json";
  print(options.quiet ? as_lines(containers)
        : is_json     ? spec::to_json(containers) + "\n"
                      : as_table(containers));
  return 0;
}

}  // namespace

extern constexpr Verb kList =
    verb<List, run, check>("list", "print the containers of this state root", kFlags);

}  // namespace berth::cli
