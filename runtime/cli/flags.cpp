#include "runtime/cli/flags.h"

#include <algorithm>
#include <iterator>

namespace berth::cli {

namespace {

template <class... Verbs>
constexpr unsigned of(Verbs... verbs) {
  return ((1u << static_cast<unsigned>(verbs)) | ...);
}

constexpr unsigned kGlobal = of(Verb::None);
constexpr unsigned kCreation = of(Verb::Create, Verb::Run);

constexpr Flag kFlags[] = {
    {kGlobal, "--root DIR", [](Raw& raw) { return &raw.call.site.root; },
     "where containers are kept"},
    {kGlobal, "--log FILE", [](Raw& raw) { return &raw.call.log.file; },
     "append to FILE what else goes to standard error"},
    {kGlobal, "--log-format FORMAT", [](Raw& raw) { return &raw.log_format; },
     "of FILE: text or json"},
    {kGlobal, "--log-level LEVEL", [](Raw& raw) { return &raw.log_level; },
     "least to report: error (the default), warning, info or debug"},
    {kGlobal, "--debug", [](Raw& raw) { return &raw.debug; }, "the same as --log-level debug"},
    {kGlobal, "--trace FILE", [](Raw& raw) { return &raw.call.site.trace_file; },
     "write where the time went, for trace viewers"},
    {kGlobal, "--cgroup-manager NAME", [](Raw& raw) { return &raw.cgroup_manager; },
     "cgroupfs; others are refused"},
    {kGlobal, "--systemd-cgroup", [](Raw& raw) { return &raw.systemd_cgroup; },
     "refused: not supported yet"},
    {kGlobal, "--rootless WHEN", [](Raw& raw) { return &raw.rootless; },
     "leave out cgroups that may not be made: true, false, or auto: for users"},
    {kGlobal, "VERB", [](Raw& raw) { return &raw.verb; }, "one of those below"},

    {kCreation | of(Verb::Spec, Verb::Plan, Verb::Validate), "-b,--bundle DIR",
     [](Raw& raw) { return &raw.call.run.create.bundle; },
     "holds config.json; default: where you are"},
    {kCreation, "--console-socket SOCKET",
     [](Raw& raw) { return &raw.call.run.create.console_socket; },
     "send the terminal's master there"},
    {kCreation, "--pid-file FILE", [](Raw& raw) { return &raw.call.run.create.pid_file; },
     "write the number of the process there"},
    {kCreation, "--no-pivot", [](Raw& raw) { return &raw.call.run.create.no_pivot; },
     "move the root over / instead of pivot_root"},
    {kCreation, "--no-new-keyring", [](Raw& raw) { return &raw.call.run.create.no_new_keyring; },
     "keep the session keyring"},
    {kCreation, "--preserve-fds N", [](Raw& raw) { return &raw.preserve_fds; },
     "pass on N descriptors from 3 up"},
    {kCreation, "--pidfd-socket SOCKET", [](Raw& raw) { return &raw.pidfd_socket; },
     "refused: not supported yet"},
    {of(Verb::Create), "--detach", [](Raw& raw) { return &raw.detach_create; },
     "no effect: create never waits"},
    {of(Verb::Run), "-d,--detach", [](Raw& raw) { return &raw.call.run.detach; },
     "leave when the program runs"},
    {of(Verb::Run), "--keep", [](Raw& raw) { return &raw.call.run.keep; },
     "do not delete the container afterwards"},
    {of(Verb::Run), "--no-subreaper", [](Raw& raw) { return &raw.call.run.no_subreaper; },
     "do not adopt the container's orphans"},

    {of(Verb::Spec), "--rootless", [](Raw& raw) { return &raw.call.rootless; },
     "one for a user without privilege, who is the container's root"},
    {of(Verb::Spec), "--schema", [](Raw& raw) { return &raw.call.prints_schema; },
     "print the JSON Schema of config.json instead"},
    {of(Verb::Kill), "-a,--all", [](Raw& raw) { return &raw.call.all; },
     "every process of the container"},
    {of(Verb::Delete), "-f,--force", [](Raw& raw) { return &raw.call.force; },
     "kill it first; no error when there is none"},
    {of(Verb::List), "-f,--format FORMAT", [](Raw& raw) { return &raw.format; }, "table or json"},
    {of(Verb::List), "-q,--quiet", [](Raw& raw) { return &raw.call.quiet; }, "the IDs alone"},
    {of(Verb::Plan), "--format FORMAT", [](Raw& raw) { return &raw.format; }, "text or json"},
    {of(Verb::Validate), "--json", [](Raw& raw) { return &raw.call.json; },
     "an array of findings, for programs"},
    {of(Verb::Validate), "--schema FILE", [](Raw& raw) { return &raw.call.schema; },
     "a JSON Schema that it has to fit, too"},
    {of(Verb::Validate), "--strict", [](Raw& raw) { return &raw.call.strict; },
     "warnings are errors"},

    {kCreation | of(Verb::Start, Verb::State, Verb::Kill, Verb::Delete), "ID",
     [](Raw& raw) { return &raw.call.run.create.id; }, "of the container"},
    {of(Verb::Plan), "[ID]", [](Raw& raw) { return &raw.call.run.create.id; },
     "of the container; default: plan"},
    {of(Verb::Kill), "[SIGNAL]", [](Raw& raw) { return &raw.call.signal; },
     "name or number; default: TERM"},
    {of(Verb::Validate), "[PATH]", [](Raw& raw) { return &raw.call.path; },
     "of a config.json by any name, or of a bundle"},
};

constexpr VerbRow kVerbs[] = {
    {Verb::Create, "create", "make a container from a bundle; its program waits for start"},
    {Verb::Start, "start", "let the program of a created container run"},
    {Verb::State, "state", "print the state of a container as JSON"},
    {Verb::Kill, "kill", "send a signal to a container"},
    {Verb::Delete, "delete", "remove a container that has stopped"},
    {Verb::Run, "run", "create, start, wait for and delete a container"},
    {Verb::List, "list", "print the containers of this state root"},
    {Verb::Spec, "spec", "write a config.json to begin with"},
    {Verb::Plan, "plan", "print what create would do, without doing it"},
    {Verb::Validate, "validate", "report everything that is wrong with a config.json"},
    {Verb::Features, "features", "print what berth can do, as JSON"},
};

void add_line(std::string& text, std::string_view left, std::string_view right) {
  constexpr std::size_t kColumn = 26;
  text.append("  ").append(left);
  text.append(left.size() + 3 > kColumn ? 1 : kColumn - 2 - left.size(), ' ');
  text.append(right).append("\n");
}

}  // namespace

std::string_view Flag::letter() const {
  return spelling.substr(0, 2) == "--" || is_argument() ? "" : spelling.substr(1, 1);
}

std::string_view Flag::name() const {
  if (is_argument()) return spelling.substr(is_required() ? 0 : 1, spelling.find(']') - 1);
  const std::size_t begin = spelling.find("--") + 2;
  return spelling.substr(begin, spelling.find(' ') - begin);
}

std::span<const Flag> flags() { return kFlags; }
std::span<const VerbRow> verbs() { return kVerbs; }

std::string help_of(Verb verb) {
  const auto* const row = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                       [=](const VerbRow& other) { return other.verb == verb; });
  const bool is_global = row == std::end(kVerbs);
  std::string usage = is_global ? "berth [FLAGS]" : "berth " + std::string(row->name) + " [FLAGS]";
  std::string list;
  add_line(list, "-h,--help", "print this and leave");
  if (is_global) add_line(list, "-v,--version", "print the version and leave");
  for (const Flag& flag : kFlags) {
    if (!flag.is_of(verb)) continue;
    if (flag.is_argument()) usage.append(" ").append(flag.spelling);
    add_line(list, flag.is_argument() ? flag.name() : flag.spelling, flag.help);
  }
  std::string text(is_global ? "berth: runs OCI containers." : row->summary);
  text.append("\n\nusage: ").append(usage).append("\n\n").append(list);
  if (verb == Verb::Run) {
    text += "\nThe exit code is the program's own, 128 + N when signal N ended it.\n";
  }
  if (!is_global) return text;
  text += "\nVerbs:\n";
  for (const VerbRow& each : kVerbs) add_line(text, each.name, each.summary);
  return text +
         "\n`berth VERB --help` prints the flags of a verb.\n"
         "Exit code: 0 done; 1 an error of berth, reported on standard error and in the log; of a\n"
         "foreground `run` the program's own.\n";
}

}  // namespace berth::cli
