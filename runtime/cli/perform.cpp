#include "runtime/cli/perform.h"

#include <algorithm>
#include <utility>

#include "runtime/cli/output.h"
#include "runtime/cli/parse.h"
#include "runtime/compile/features.h"
#include "runtime/container/machine_masks.h"
#include "runtime/container/paths.h"
#include "runtime/container/process_hygiene.h"
#include "runtime/container/signal_name.h"
#include "runtime/container/validate.h"
#include "spec/config_describe.h"
#include "spec/config_schema.h"
#include "spec/default_config.h"
#include "spec/json.h"

namespace berth::cli {

namespace {

/// To the log if there is one, else to standard error.
void tell(const Call& call, Level level, const std::string& what) {
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

/// Engines show standard error as the container's own, or read it together with standard output. A
/// call that has done all that was asked says nothing there, unless it is asked to; what failed
/// beside it is reported in any case.
void tell_what_happened(const Call& call) {
  for (const std::string& failure : call.site.failures) tell(call, Level::Warning, failure);
  if (call.verb != Verb::Plan && !call.log.tells(Level::Warning)) return;
  for (const std::string& remark : call.site.remarks) tell(call, Level::Warning, remark);
}

void print_list(const Call& call, const std::vector<spec::State>& containers) {
  if (call.quiet) return print(as_lines(containers));
  print(call.json ? spec::to_json(containers) + "\n" : as_table(containers));
}

void write_spec(const std::string& bundle, bool rootless) {
  spec::Config config = rootless ? container::rootless_config() : spec::default_config();
  for (std::string& path : container::thermal_masks("/sys/devices/system/cpu")) {
    config.linux.masked_paths.push_back(std::move(path));
  }
  container::write_new_file(bundle + "/config.json",
                            spec::to_json(config, spec::Layout::Pretty) + "\n");
}

void print_features() { print(spec::to_json(plan::features(), spec::Layout::Pretty) + "\n"); }

/// What `validate` reads, and the bundle that it is judged in.
struct Subject {
  std::string name;  ///< of the file, as in the findings
  std::string file;
  std::string bundle;
};

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

Subject subject_of(const Call& call) {
  constexpr char kName[] = "config.json";
  const std::string& path = call.path;
  const bool is_bundle = path.empty() || container::is_directory(path);
  const std::string bundle = path.empty() ? call.run.create.bundle
                             : is_bundle  ? container::bundle_directory(path)
                                          : container::bundle_directory(directory_of(path));
  if (is_bundle) return {.name = kName, .file = bundle + "/" + kName, .bundle = bundle};
  return {.name = path, .file = path, .bundle = bundle};
}

/// As compilers do: `config.json:4:20: error: /process/cwd: …`.
std::string as_lines(const std::string& file, const std::vector<container::Finding>& findings) {
  std::string text;
  for (const container::Finding& each : findings) {
    std::string line = file + ":" + std::to_string(each.line) + ":" + std::to_string(each.column);
    line.append(": ").append(each.severity).append(": ");
    if (!each.pointer.empty()) line.append(each.pointer).append(": ");
    line += each.message;
    if (!each.requirement.empty()) line.append(" [").append(each.requirement).append("]");
    text.append(printable(line)).append("\n");
  }
  return text.empty() ? printable(file) + ": valid\n" : text;
}

/// Exit code: 0 valid, 1 not.
int validate(const Call& call) {
  const Subject subject = subject_of(call);
  const auto findings =
      container::validate(subject.file, subject.bundle, call.schema,
                          call.strict ? container::Strict::Yes : container::Strict::No);
  if (call.json) {
    print(spec::to_json(findings, spec::Layout::Pretty) + "\n");
  } else {
    print(as_lines(subject.name, findings));
  }
  const bool is_valid =
      std::none_of(findings.begin(), findings.end(),
                   [](const container::Finding& each) { return each.severity == "error"; });
  return is_valid ? 0 : 1;
}

void make_absolute(Call& call) {
  call.site.root = container::state_root(call.site.root);
  const bool from_bundle = call.verb == Verb::Create || call.verb == Verb::Run ||
                           call.verb == Verb::Spec || call.verb == Verb::Plan ||
                           call.verb == Verb::Validate;
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
      if (call.prints_schema) {
        print(spec::config_schema());
        break;
      }
      write_spec(call.run.create.bundle, call.rootless);
      break;
    case Verb::Plan:
      print(container::plan(site, call.run.create, call.json));
      break;
    case Verb::Validate:
      return validate(call);
    case Verb::Features:
      print_features();
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
  if (call.log.tells(Level::Debug)) tell(call, Level::Debug, "called as: berth" + joined(words));
  make_absolute(call);
  const int code = carry_out(call);
  tell_what_happened(call);
  return code;
}

}  // namespace berth::cli
