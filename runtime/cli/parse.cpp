#include "runtime/cli/parse.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <utility>

#include "runtime/cli/flags.h"
#include "runtime/cli/version.h"
#include "spec/error.h"

namespace berth::cli {

namespace {

using Words = std::vector<std::string>;

// ---- words -------------------------------------------------------------------------------------

/// A word that begins like a flag, taken apart: `-bundle`, `--bundle` and `-b`; `=` and a value.
struct FlagWord {
  explicit FlagWord(std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos) value = word.substr(equals + 1);
    head = word.substr(0, equals);
    name = head.substr(head.starts_with("--") ? 2 : 1);
  }

  bool is_letter() const { return head.size() == 2 && head != "--"; }

  std::string_view head;  ///< as it was typed
  std::string_view name;
  std::optional<std::string_view> value;
};

/// Gives the words of one verb, or those before the verb, to their targets. The first mistake is
/// kept for later: the log may be named after it.
class Parser {
 public:
  Parser(Verb verb, Raw& raw) : verb_(verb), raw_(raw) {}

  /// Returns how many words it took: all, or before the verb those up to and with the verb.
  std::size_t take(const Words& words);
  /// Throws the first mistake.
  void complain() const;

 private:
  struct Mistake {
    std::string message, origin, hint;
  };

  void mistake(std::string message, std::string origin = {}, std::string hint = {});
  const Flag* find(const FlagWord& word, Verb verb) const;
  const Flag* next_argument() const;
  std::string hint_about(const FlagWord& unknown) const;
  bool take_text(const FlagWord& word);
  std::size_t take_flag(const Words& words, std::size_t at);
  void take_argument(const std::string& word);
  void set(const Flag& flag, std::string_view value);

  Verb verb_;
  Raw& raw_;
  std::size_t arguments_ = 0;
  std::optional<Mistake> mistake_;
};

void Parser::mistake(std::string message, std::string origin, std::string hint) {
  if (!mistake_) mistake_ = {std::move(message), std::move(origin), std::move(hint)};
}

void Parser::complain() const {
  if (mistake_) fail(ErrorKind::Config, mistake_->message, mistake_->origin, mistake_->hint);
  const Flag* const argument = next_argument();
  if (argument != nullptr && argument->is_required()) {
    fail(ErrorKind::Config, std::string(argument->name()) + " is required");
  }
}

const Flag* Parser::find(const FlagWord& word, Verb verb) const {
  const auto all = flags();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Flag& flag) {
    return flag.is_of(verb) && !flag.is_argument() &&
           word.name == (word.is_letter() ? flag.letter() : flag.name());
  });
  return found == all.end() ? nullptr : &*found;
}

/// Null when there is none left.
const Flag* Parser::next_argument() const {
  std::size_t left = arguments_;
  for (const Flag& flag : flags()) {
    if (flag.is_of(verb_) && flag.is_argument() && left-- == 0) return &flag;
  }
  return nullptr;
}

/// --help and --version.
bool Parser::take_text(const FlagWord& word) {
  const bool is_letter = word.is_letter();
  const bool has_version = verb_ == Verb::None;
  if (word.name == (is_letter ? "h" : "help")) {
    raw_.call.text = help_of(verb_);
  } else if (has_version && word.name == (is_letter ? "v" : "version")) {
    raw_.call.text = version_text();
  } else {
    return false;
  }
  return true;
}

void Parser::set(const Flag& flag, std::string_view value) {
  if (value.empty() && !flag.is_argument()) {
    mistake("an empty value was given", "--" + std::string(flag.name()));
  } else if (flag.takes_value()) {
    *std::get<1>(flag.target)(raw_) = value;
  } else if (value == "true" || value == "false") {
    *std::get<0>(flag.target)(raw_) = value == "true";
  } else {
    mistake("'" + std::string(value) + "' is neither true nor false",
            "--" + std::string(flag.name()));
  }
}

std::string Parser::hint_about(const FlagWord& unknown) const {
  const bool is_global = find(unknown, Verb::None) != nullptr;
  if (is_global) return "it goes before the verb";
  const std::string verb(name_of(verb_));
  return "`berth " + verb + (verb.empty() ? "" : " ") + "--help` lists them";
}

/// Returns how many words that was.
std::size_t Parser::take_flag(const Words& words, std::size_t at) {
  FlagWord word(words[at]);
  if (take_text(word)) return 1;
  const Flag* flag = find(word, verb_);
  if (flag == nullptr && !word.head.starts_with("--")) {  // -bDIR
    const FlagWord letter(std::string_view(words[at]).substr(0, 2));
    flag = find(letter, verb_);
    if (flag != nullptr && !flag->takes_value()) flag = nullptr;
    word.value = std::string_view(words[at]).substr(2);
  }
  if (flag == nullptr) {
    mistake("unknown flag", std::string(word.head), hint_about(word));
    return 1;
  }
  if (word.value || !flag->takes_value()) {
    set(*flag, word.value.value_or("true"));
    return 1;
  }
  if (at + 1 == words.size()) {
    mistake("a value is required", "--" + std::string(flag->name()));
    return 1;
  }
  set(*flag, words[at + 1]);
  return 2;
}

void Parser::take_argument(const std::string& word) {
  const Flag* const argument = next_argument();
  if (argument == nullptr) return mistake("unexpected argument '" + word + "'");
  set(*argument, word);
  ++arguments_;
}

/// `-` and `-9` are values.
bool is_flag(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && (word[1] < '0' || word[1] > '9');
}

std::size_t Parser::take(const Words& words) {
  const bool to_verb = verb_ == Verb::None;
  bool flags_ended = false;
  for (std::size_t at = 0; at < words.size();) {
    if (words[at] == "--" && !flags_ended) {
      flags_ended = true;
      ++at;
    } else if (is_flag(words[at]) && !flags_ended) {
      at += take_flag(words, at);
    } else {
      take_argument(words[at++]);
      if (to_verb) return at;
    }
  }
  return words.size();
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
  require_one_of("--log-level", raw.log_level, {"error", "warning", "info", "debug"});
  require_one_of("--cgroup-manager", raw.cgroup_manager, {"cgroupfs", "systemd", "disabled"});
  require_one_of("--rootless", raw.rootless, {"auto", "true", "false"});
  refuse_if(raw.cgroup_manager != "cgroupfs", "--cgroup-manager",
            "'" + raw.cgroup_manager + "' is ");
  refuse_if(raw.systemd_cgroup, "--systemd-cgroup");
}

void set_log(const Raw& raw, Log& log) {
  log.json = raw.log_format == "json";
  // There is nothing of berth's between the two.
  if (raw.log_level == "warning" || raw.log_level == "info") log.level = Level::Warning;
  if (raw.debug || raw.log_level == "debug") log.level = Level::Debug;
}

std::uint32_t number_of(const char* flag, const std::string& value) {
  std::uint32_t number = 0;
  const char* const end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end) return number;
  fail(ErrorKind::Config, "'" + value + "' is not a number from 0 to 4294967295", flag);
}

void check_format(Raw& raw) {
  const bool is_list = raw.call.verb == Verb::List;
  if (!is_list && raw.call.verb != Verb::Plan) return;
  const char* const for_people = is_list ? "table" : "text";
  if (raw.format.empty()) raw.format = for_people;
  require_one_of("--format", raw.format, {for_people, "json"});
  raw.call.json = raw.format == "json";
}

void parse_verb(const Words& words, Raw& raw) {
  Call& call = raw.call;
  Parser parser(call.verb, raw);
  parser.take(words);
  if (!call.text.empty()) return;
  parser.complain();
  check_globals(raw);
  refuse_if(!raw.pidfd_socket.empty(), "--pidfd-socket");
  if (raw.rootless != "auto") call.run.create.rootless = raw.rootless == "true";
  call.run.create.preserved_fds = number_of("--preserve-fds", raw.preserve_fds);
  check_format(raw);
  if (call.verb == Verb::Plan && call.id().empty()) call.run.create.id = "plan";
  if (!call.path.empty() && !call.run.create.bundle.empty()) {
    fail(ErrorKind::Config, "either this or '" + call.path + "', not both", "--bundle");
  }
}

[[noreturn]] void refuse_verb(const std::string& verb) {
  // What other runtimes have, and engines call.
  constexpr std::string_view kOfOthers[] = {"checkpoint", "events",  "exec",   "pause",
                                            "ps",         "restore", "resume", "update"};
  const bool is_known =
      std::find(std::begin(kOfOthers), std::end(kOfOthers), verb) != std::end(kOfOthers);
  std::string hint = "verbs:";
  for (const VerbRow& each : verbs()) {
    hint.append(hint.back() == ':' ? " " : ", ").append(each.name);
  }
  if (is_known) fail(ErrorKind::Unsupported, "verb '" + verb + "' is not supported yet", {}, hint);
  fail(ErrorKind::Config, "unknown verb '" + verb + "'", {}, hint);
}

}  // namespace

void parse(const std::vector<std::string>& words, Call& call) {
  Raw raw(call);
  Parser parser(Verb::None, raw);
  const std::size_t used = parser.take(words);
  if (words.empty()) call.text = help_of(Verb::None);
  set_log(raw, call.log);
  if (!call.text.empty()) return;
  const auto all = verbs();
  const auto row = std::find_if(all.begin(), all.end(),
                                [&](const VerbRow& other) { return other.name == raw.verb; });
  if (row != all.end()) call.verb = row->verb;
  parser.complain();
  if (row == all.end()) refuse_verb(raw.verb);
  parse_verb({words.begin() + static_cast<std::ptrdiff_t>(used), words.end()}, raw);
}

std::string_view name_of(Verb verb) {
  const auto all = verbs();
  const auto row = std::find_if(all.begin(), all.end(),
                                [=](const VerbRow& other) { return other.verb == verb; });
  return row == all.end() ? std::string_view() : row->name;
}

}  // namespace berth::cli
