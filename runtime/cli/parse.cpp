#include "runtime/cli/parse.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/cli/globals.h"
#include "runtime/cli/help.h"
#include "runtime/cli/verbs.h"
#include "runtime/cli/version.h"
#include "spec/error.h"

namespace berth::cli {

namespace {

/// A word that begins like a flag, in its parts: `-bundle`, `--bundle` and `-b`; `=` and a value.
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

const Flag* find(std::span<const Flag> flags, const FlagWord& word) {
  const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) {
    return !flag.is_argument() && word.name == (word.is_letter() ? flag.letter() : flag.name());
  });
  return found == flags.end() ? nullptr : &*found;
}

/// Assigns the words of one verb, or those before the verb, to their targets. It keeps the first
/// mistake for later, because a later word may name the log.
class Parser {
 public:
  /// Takes the flags of `call.verb`; null: those before the verb.
  Parser(Call& call, Options& options)
      : verb_(call.verb),
        flags_(verb_ == nullptr ? global_flags() : verb_->flags),
        call_(call),
        options_(options) {}

  /// Returns how many words it used: all, or before the verb those up to and including the verb.
  std::size_t take(const Words& words);
  /// Throws the first mistake.
  void complain() const;

 private:
  struct Mistake {
    std::string message, origin, hint;
  };

  void mistake(std::string message, std::string origin = {}, std::string hint = {});
  const Flag* next_argument() const;
  std::string hint_about(const FlagWord& unknown) const;
  bool take_text(const FlagWord& word);
  std::size_t take_flag(const Words& words, std::size_t at);
  void take_argument(const std::string& word);
  bool is_at_rest() const;
  void set(const Flag& flag, std::string_view value);
  void set_text(const Flag& flag, std::string_view value);

  const Verb* verb_;
  std::span<const Flag> flags_;
  Call& call_;
  Options& options_;
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

/// Null if none is left.
const Flag* Parser::next_argument() const {
  std::size_t left = arguments_;
  for (const Flag& flag : flags_) {
    if (flag.is_argument() && left-- == 0) return &flag;
  }
  return nullptr;
}

/// Handles --help and --version.
bool Parser::take_text(const FlagWord& word) {
  const bool is_letter = word.is_letter();
  const bool has_version = verb_ == nullptr;
  if (word.name == (is_letter ? "h" : "help")) {
    call_.text = help_of(verb_);
  } else if (has_version && word.name == (is_letter ? "v" : "version")) {
    call_.text = version_text();
  } else {
    return false;
  }
  return true;
}

void Parser::set_text(const Flag& flag, std::string_view value) {
  if (const auto* const words = std::get_if<Words& (*)(Options&)>(&flag.target)) {
    return (void)(*words)(options_).emplace_back(value);
  }
  const auto* const of_call = std::get_if<std::string Call::*>(&flag.target);
  (of_call != nullptr ? call_.**of_call : std::get<1>(flag.target)(options_)) = value;
}

void Parser::set(const Flag& flag, std::string_view value) {
  if (value.empty() && !flag.is_argument()) {
    mistake("an empty value was given", "--" + std::string(flag.name()));
  } else if (flag.takes_value()) {
    set_text(flag, value);
  } else if (value == "true" || value == "false") {
    std::get<0>(flag.target)(options_) = value == "true";
  } else {
    mistake("'" + std::string(value) + "' is neither true nor false",
            "--" + std::string(flag.name()));
  }
}

std::string Parser::hint_about(const FlagWord& unknown) const {
  const bool is_global = find(global_flags(), unknown) != nullptr;
  if (is_global) return "it goes before the verb";
  const std::string verb = verb_ == nullptr ? "" : std::string(verb_->name) + " ";
  return "`berth " + verb + "--help` lists them";
}

/// Returns how many words it used.
std::size_t Parser::take_flag(const Words& words, std::size_t at) {
  FlagWord word(words[at]);
  if (take_text(word)) return 1;
  const Flag* flag = find(flags_, word);
  if (flag == nullptr && !word.head.starts_with("--")) {  // -bDIR
    const FlagWord letter(std::string_view(words[at]).substr(0, 2));
    flag = find(flags_, letter);
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
  if (!argument->takes_rest()) ++arguments_;
}

/// Whether the next word and all behind it are for another program.
bool Parser::is_at_rest() const {
  const Flag* const argument = next_argument();
  return argument != nullptr && argument->takes_rest();
}

/// `-` and `-9` are values, not flags.
bool is_flag(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && (word[1] < '0' || word[1] > '9');
}

std::size_t Parser::take(const Words& words) {
  const bool to_verb = verb_ == nullptr;
  bool flags_ended = false;
  std::size_t at = 0;
  while (at < words.size() && !is_at_rest()) {
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
  if (at < words.size() && words[at] == "--" && !flags_ended) ++at;
  for (; at < words.size(); ++at) take_argument(words[at]);
  return at;
}

/// Null if berth has no such verb.
const Verb* find_verb(const std::string& name) {
  const auto all = verbs();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Verb* each) { return each->name == name; });
  return found == all.end() ? nullptr : *found;
}

[[noreturn]] void refuse_verb(const std::string& verb) {
  // Verbs of other runtimes, which engines call.
  constexpr std::string_view kOfOthers[] = {"checkpoint", "restore"};
  const bool is_known =
      std::find(std::begin(kOfOthers), std::end(kOfOthers), verb) != std::end(kOfOthers);
  std::string hint = "verbs:";
  for (const Verb* const each : verbs()) {
    hint.append(hint.back() == ':' ? " " : ", ").append(each->name);
  }
  if (is_known) fail(ErrorKind::Unsupported, "verb '" + verb + "' is not supported", {}, hint);
  fail(ErrorKind::Config, "unknown verb '" + verb + "'", {}, hint);
}

std::unique_ptr<Options> parse_verb(const Words& words, const Globals& globals, Call& call) {
  auto options = call.verb->make_options();
  Parser parser(call, *options);
  parser.take(words);
  if (!call.text.empty()) return nullptr;
  parser.complain();
  check(globals);
  call.verb->check(call, *options);
  return options;
}

}  // namespace

std::unique_ptr<Options> parse(const std::vector<std::string>& words, Call& call) {
  Globals globals;
  Parser parser(call, globals);
  const std::size_t used = parser.take(words);
  if (words.empty()) call.text = help_of(nullptr);
  apply(globals, call);
  if (!call.text.empty()) return nullptr;
  call.verb = find_verb(globals.verb);
  parser.complain();
  if (call.verb == nullptr) refuse_verb(globals.verb);
  return parse_verb({words.begin() + static_cast<std::ptrdiff_t>(used), words.end()}, globals,
                    call);
}

}  // namespace berth::cli
