#include "runtime/cli/parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "runtime/cli/version.h"
#include "spec/error.h"

namespace berth::cli {

namespace {

using Words = std::vector<std::string>;

/// What is judged after parsing: by then we know where to complain.
struct Raw {
  std::string verb;
  std::string log_format = "text";
  std::string log_level = "warning";
  std::string cgroup_manager = "cgroupfs";
  std::string rootless = "auto";
  std::string format;
  std::string preserve_fds = "0";
  std::string pidfd_socket;
  bool debug = false;
  bool systemd_cgroup = false;
  bool detach_create = false;
};

// ---- the flags of each verb --------------------------------------------------------------------

void add_id(CLI::App& app, Call& call, Raw&) {
  app.add_option("ID", call.run.create.id, "of the container")->type_name("")->required();
}

void add_bundle(CLI::App& app, Call& call, Raw&) {
  app.add_option("-b,--bundle", call.run.create.bundle, "holds config.json; default: where you are")
      ->type_name("DIR");
}

void add_creation(CLI::App& app, Call& call, Raw& raw) {
  container::CreateOptions& create = call.run.create;
  add_bundle(app, call, raw);
  app.add_option("--console-socket", create.console_socket, "send the terminal's master there")
      ->type_name("SOCKET");
  app.add_option("--pid-file", create.pid_file, "write the number of the process there")
      ->type_name("FILE");
  app.add_flag("--no-pivot", create.no_pivot, "move the root over / instead of pivot_root");
  app.add_flag("--no-new-keyring", create.no_new_keyring, "keep the session keyring");
  app.add_option("--preserve-fds", raw.preserve_fds, "pass on N descriptors from 3 up")
      ->type_name("N");
  app.add_option("--pidfd-socket", raw.pidfd_socket, "refused: not supported yet")
      ->type_name("SOCKET");
}

void add_create(CLI::App& app, Call& call, Raw& raw) {
  add_creation(app, call, raw);
  app.add_flag("--detach", raw.detach_create, "no effect: create never waits");
  add_id(app, call, raw);
}

void add_run(CLI::App& app, Call& call, Raw& raw) {
  add_creation(app, call, raw);
  app.add_flag("-d,--detach", call.run.detach, "leave when the program runs");
  app.add_flag("--keep", call.run.keep, "do not delete the container afterwards");
  app.add_flag("--no-subreaper", call.run.no_subreaper, "do not adopt the container's orphans");
  add_id(app, call, raw);
  app.footer("The exit code is the program's own, 128 + N when signal N ended it.");
}

void add_kill(CLI::App& app, Call& call, Raw& raw) {
  app.add_flag("-a,--all", call.all, "every process of the container");
  add_id(app, call, raw);
  app.add_option("SIGNAL", call.signal, "name or number; default: TERM")->type_name("");
}

void add_delete(CLI::App& app, Call& call, Raw& raw) {
  app.add_flag("-f,--force", call.force, "kill it first; no error when there is none");
  add_id(app, call, raw);
}

void add_list(CLI::App& app, Call& call, Raw& raw) {
  app.add_option("-f,--format", raw.format, "table or json")->type_name("FORMAT");
  app.add_flag("-q,--quiet", call.quiet, "the IDs alone");
}

void add_plan(CLI::App& app, Call& call, Raw& raw) {
  add_bundle(app, call, raw);
  app.add_option("--format", raw.format, "text or json")->type_name("FORMAT");
  app.add_option("ID", call.run.create.id, "of the container; default: plan")->type_name("");
}

struct VerbRow {
  Verb verb;
  const char* name;
  const char* summary;
  void (*add_flags)(CLI::App&, Call&, Raw&);
};
constexpr VerbRow kVerbs[] = {
    {Verb::Create, "create", "make a container from a bundle; its program waits for start",
     add_create},
    {Verb::Start, "start", "let the program of a created container run", add_id},
    {Verb::State, "state", "print the state of a container as JSON", add_id},
    {Verb::Kill, "kill", "send a signal to a container", add_kill},
    {Verb::Delete, "delete", "remove a container that has stopped", add_delete},
    {Verb::Run, "run", "create, start, wait for and delete a container", add_run},
    {Verb::List, "list", "print the containers of this state root", add_list},
    {Verb::Spec, "spec", "write a config.json to begin with", add_bundle},
    {Verb::Plan, "plan", "print what create would do, without doing it", add_plan},
};

/// Null for what is no verb.
const VerbRow* find_verb(const std::string& name) {
  const auto* const row = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                       [&](const VerbRow& other) { return name == other.name; });
  return row == std::end(kVerbs) ? nullptr : row;
}

std::string verbs_and_exit_codes() {
  std::string text = "Verbs:\n";
  for (const VerbRow& row : kVerbs) {
    const std::string name = row.name;
    text += "  " + name + std::string(24 - name.size(), ' ') + row.summary + "\n";
  }
  return text +
         "\n`berth VERB --help` tells the flags of a verb.\n"
         "Exit code: 0 done; 1 an error of berth, told on standard error and in the log; of a\n"
         "foreground `run` the program's own.";
}

void add_globals(CLI::App& app, Call& call, Raw& raw) {
  app.set_version_flag("-v,--version", version_text(), "print the version and leave");
  app.add_option("--root", call.site.root, "where containers are kept")->type_name("DIR");
  app.add_option("--log", call.log.file, "append errors and warnings to FILE")->type_name("FILE");
  app.add_option("--log-format", raw.log_format, "of FILE: text or json")->type_name("FORMAT");
  app.add_option("--log-level", raw.log_level, "least to tell: error, warning or debug")
      ->type_name("LEVEL");
  app.add_flag("--debug", raw.debug, "the same as --log-level debug");
  app.add_option("--trace", call.site.trace_file, "write where the time went, for trace viewers")
      ->type_name("FILE");
  app.add_option("--cgroup-manager", raw.cgroup_manager, "cgroupfs; others are refused")
      ->type_name("NAME");
  app.add_flag("--systemd-cgroup", raw.systemd_cgroup, "refused: not supported yet");
  app.add_option("--rootless", raw.rootless, "auto or false; true is refused")->type_name("WHEN");
  app.add_option("VERB", raw.verb, "one of those below")->type_name("")->required();
  app.footer(verbs_and_exit_codes);
}

// ---- words -------------------------------------------------------------------------------------

/// Rewrites words into the forms CLI11 takes: `-long` as `--long`; `--flag=value` as two words, for
/// it takes the next word for an empty value. Returns how many of `words` were used: all, or up to
/// the first that is neither a flag nor a flag's value.
std::size_t rewrite(const CLI::App& app, const Words& words, bool to_first_argument, Words& out) {
  std::size_t i = 0;
  for (; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    const bool flag = word.size() > 1 && word[0] == '-';
    if (!flag && to_first_argument) return i;
    const std::size_t equals = word.find('=');
    std::string name = word.substr(0, equals);
    const bool long_name = name.size() > 2 && app.get_option_no_throw("-" + name) != nullptr;
    if (flag && long_name) name.insert(0, 1, '-');
    const CLI::Option* const option = flag ? app.get_option_no_throw(name) : nullptr;
    if (option == nullptr || option->get_items_expected_min() == 0) {
      out.push_back(name.append(word, std::min(equals, word.size())));
      continue;
    }
    out.push_back(name);
    if (equals != std::string::npos) {
      out.push_back(word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      out.push_back(words[++i]);
    }
  }
  if (to_first_argument) return i;
  out.insert(out.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  return words.size();
}

/// What CLI11 has to complain about; empty: nothing, or the words asked for a text, now in the
/// call.
std::string take(CLI::App& app, Words words, Call& call) {
  std::reverse(words.begin(), words.end());
  try {
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    call.text = app.help();
  } catch (const CLI::CallForVersion& version) {
    call.text = version.what();
  } catch (const CLI::ParseError& error) {
    std::string problem = error.what();
    if (problem.starts_with("Could")) problem[0] = 'c';
    return problem;
  }
  return {};
}

/// Unknown flags first: what CLI11 misses may be missing because of them.
void complain(const CLI::App& app, const std::string& problem) {
  for (const std::string& word : app.remaining()) {
    if (word == "--") continue;
    if (word.size() < 2 || word[0] != '-') {
      fail(ErrorKind::Config, "unexpected argument '" + word + "'");
    }
    fail(ErrorKind::Config, "unknown flag", word.substr(0, word.find('=')),
         "`" + app.get_name() + " --help` tells which there are");
  }
  if (!problem.empty()) fail(ErrorKind::Config, problem);
}

void prepare(CLI::App& app) {
  app.allow_extras();
  app.set_help_flag("-h,--help", "print this and leave");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.get_formatter()->column_width(26);
}

// ---- values ------------------------------------------------------------------------------------

void require_one_of(const char* flag, const std::string& value,
                    std::initializer_list<const char*> allowed) {
  std::string list;
  for (const char* const each : allowed) {
    if (value == each) return;
    list += (list.empty() ? "" : ", ") + std::string(each);
  }
  fail(ErrorKind::Config, "'" + value + "' is not one of " + list, flag);
}

void refuse_if(bool given, const char* flag, const std::string& what = {}) {
  if (given) fail(ErrorKind::Unsupported, what + "not supported yet", flag);
}

void check_globals(const Raw& raw) {
  require_one_of("--log-format", raw.log_format, {"text", "json"});
  require_one_of("--log-level", raw.log_level, {"error", "warning", "debug"});
  require_one_of("--cgroup-manager", raw.cgroup_manager, {"cgroupfs", "systemd", "disabled"});
  require_one_of("--rootless", raw.rootless, {"auto", "true", "false"});
  refuse_if(raw.cgroup_manager != "cgroupfs", "--cgroup-manager",
            "'" + raw.cgroup_manager + "' is ");
  refuse_if(raw.systemd_cgroup, "--systemd-cgroup");
  refuse_if(raw.rootless == "true", "--rootless", "'true' is ");
}

void set_log(const Raw& raw, Log& log) {
  log.json = raw.log_format == "json";
  if (raw.log_level == "error") log.level = Level::Error;
  if (raw.debug || raw.log_level == "debug") log.level = Level::Debug;
}

std::uint32_t number_of(const char* flag, const std::string& value) {
  std::uint32_t number = 0;
  const char* const end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end) return number;
  fail(ErrorKind::Config, "'" + value + "' is not a number from 0 to 4294967295", flag);
}

void parse_verb(const VerbRow& row, const Words& words, Call& call, Raw& raw) {
  CLI::App app(row.summary, "berth " + std::string(row.name));
  prepare(app);
  row.add_flags(app, call, raw);
  Words own;
  rewrite(app, words, false, own);
  const std::string problem = take(app, std::move(own), call);
  if (!call.text.empty()) return;
  complain(app, problem);
  check_globals(raw);
  refuse_if(!raw.pidfd_socket.empty(), "--pidfd-socket");
  call.run.create.preserved_fds = number_of("--preserve-fds", raw.preserve_fds);
  const char* const for_people = row.verb == Verb::List ? "table" : "text";
  if (raw.format.empty()) raw.format = for_people;
  require_one_of("--format", raw.format, {for_people, "json"});
  call.json = raw.format == "json";
  if (row.verb == Verb::Plan && call.id().empty()) call.run.create.id = "plan";
}

}  // namespace

void parse(const std::vector<std::string>& words, Call& call) {
  Raw raw;
  CLI::App app("berth: runs OCI containers.", "berth");
  prepare(app);
  add_globals(app, call, raw);
  Words own;
  const std::size_t used = rewrite(app, words, true, own);
  if (used < words.size()) own.push_back(words[used]);
  const std::string problem = take(app, std::move(own), call);
  set_log(raw, call.log);
  if (!call.text.empty()) return;
  const VerbRow* const row = find_verb(raw.verb);
  if (row != nullptr) call.verb = row->verb;
  complain(app, problem);
  if (row == nullptr) {
    fail(ErrorKind::Config, "unknown verb '" + raw.verb + "'", {},
         "`berth --help` tells which there are");
  }
  const auto rest = words.begin() + static_cast<std::ptrdiff_t>(used) + 1;
  parse_verb(*row, {rest, words.end()}, call, raw);
}

const char* name_of(Verb verb) {
  const auto* const row = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                       [=](const VerbRow& other) { return verb == other.verb; });
  return row == std::end(kVerbs) ? "" : row->name;
}

}  // namespace berth::cli
