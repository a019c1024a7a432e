#include "runtime/cli/perform.h"

#include "runtime/cli/output.h"
#include "runtime/cli/parse.h"
#include "runtime/container/paths.h"
#include "runtime/container/process_hygiene.h"
#include "runtime/container/signal_name.h"
#include "spec/config_describe.h"
#include "spec/default_config.h"
#include "spec/json.h"

namespace berth::cli {

namespace {

/// To the log if there is one, else to standard error.
void tell(const Call& call, Level level, const std::string& what) {
  if (!call.log.tells(level)) return;
  const std::string text = message(call, level, what);
  if (call.log.file.empty()) {
    print_error(text + "\n");
  } else {
    call.log.append(level, text);
  }
}

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

void print_list(const Call& call, const std::vector<spec::State>& containers) {
  if (call.quiet) return print(as_lines(containers));
  print(call.json ? spec::to_json(containers) + "\n" : as_table(containers));
}

void write_spec(const std::string& bundle) {
  container::write_new_file(bundle + "/config.json",
                            spec::to_json(spec::default_config(), spec::Layout::Pretty) + "\n");
}

void make_absolute(Call& call) {
  call.site.root = container::state_root(call.site.root);
  const bool from_bundle = call.verb == Verb::Create || call.verb == Verb::Run ||
                           call.verb == Verb::Spec || call.verb == Verb::Plan;
  // The others must work in a directory that is gone.
  std::string& bundle = call.run.create.bundle;
  if (from_bundle) bundle = container::bundle_directory(bundle);
}

int carry_out(Call& call) {
  container::Site& site = call.site;
  switch (call.verb) {
    case Verb::None:
      break;
    case Verb::Create:
      container::create(site, call.run.create);
      break;
    case Verb::Start:
      container::start(site, call.id());
      break;
    case Verb::State:
      print(spec::to_json(container::state(site, call.id()), spec::Layout::Pretty) + "\n");
      break;
    case Verb::Kill:
      container::kill(site, call.id(), container::parse_signal(call.signal), call.all);
      break;
    case Verb::Delete:
      container::remove(site, call.id(), call.force);
      break;
    case Verb::Run:
      return container::run(site, call.run);
    case Verb::List:
      print_list(call, container::list(site));
      break;
    case Verb::Spec:
      write_spec(call.run.create.bundle);
      break;
    case Verb::Plan:
      print(container::plan(site, call.run.create, call.json));
      break;
  }
  return 0;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += " " + word;
  return text;
}

}  // namespace

int perform(const std::vector<std::string>& words, Call& call) {
  container::prepare_process();
  parse(words, call);
  if (!call.text.empty()) {
    print(call.text);
    return 0;
  }
  call.log.open();
  tell(call, Level::Debug, "called as: berth" + joined(words));
  make_absolute(call);
  const int code = carry_out(call);
  for (const std::string& warning : call.site.warnings) tell(call, Level::Warning, warning);
  return code;
}

}  // namespace berth::cli
