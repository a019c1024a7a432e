#include "spec/schema/pattern.h"

#include <utility>

namespace berth::spec {

namespace {

constexpr std::string_view kOfExtended = "^.[$()|*+?{\\";

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The members of the class `\d`, `\w` or `\s` as a bracket expression has them, or an empty text.
std::string_view class_of(char letter) {
  switch (letter) {
    case 'd':
      return "0-9";
    case 'w':
      return "A-Za-z0-9_";
    case 's':
      return " \t\r\n\v\f";
    default:
      return {};
  }
}

/// The character for `\n`, `\t` and the like, or an escaped punctuation mark.
std::optional<char> escaped(char letter) {
  constexpr std::string_view kLetters = "nrtfv", kControls = "\n\r\t\f\v";
  const std::size_t at = kLetters.find(letter);
  if (at != std::string_view::npos) return kControls[at];
  if (is_letter_or_digit(letter) || letter == '\0') return std::nullopt;
  return letter;
}

/// The content of a bracket expression.
struct Brackets {
  bool negated = false;
  std::string members;
  std::string marks;  ///< the members `]`, `[`, `^` and `-`, which stand for themselves

  void add(char member, bool is_range) {
    const bool is_mark = member == ']' || member == '[' || member == '^' ||
                         (member == '-' && (!is_range || members.empty()));
    (is_mark ? marks : members) += member;
  }

  /// `]` stands for itself only as the first member, `^` only behind another, `-` as the last.
  std::string text() const {
    const auto has = [this](char mark) { return marks.find(mark) != std::string::npos; };
    const bool has_dash = has('-');
    std::string text = has(']') ? "]" : "";
    text += members;
    if (has('[')) text += '[';
    const bool caret_is_first = text.empty() && !negated && has('^');
    if (caret_is_first) return has_dash ? "[-^]" : "\\^";
    if (has('^')) text += '^';
    if (has_dash) text += '-';
    return (negated ? "[^" : "[") + text + "]";
  }
};

class Translator {
 public:
  explicit Translator(std::string_view pattern) : rest_(pattern) {}

  std::optional<std::string> translated() {
    while (!rest_.empty()) {
      if (!take_one()) return std::nullopt;
    }
    return out_;
  }

 private:
  char take() {
    const char first = rest_.empty() ? '\0' : rest_.front();
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    return first;
  }

  bool take_one() {
    const bool follows_quantifier = std::exchange(is_quantifier_, false);
    const char first = take();
    if (first == '\\') return take_escape();
    if (first == '[') return take_brackets();
    if (first == '(' && rest_.starts_with('?')) {
      if (!rest_.starts_with("?:")) return false;
      rest_.remove_prefix(2);
    }
    // Whether a quantifier is lazy does not affect whether there is a match.
    if (first == '?' && follows_quantifier) return true;
    is_quantifier_ = std::string_view("*+?}").find(first) != std::string_view::npos;
    out_ += first;
    return true;
  }

  bool take_escape() {
    const char letter = take();
    const char lower = static_cast<char>(letter | 0x20);
    if (!class_of(letter).empty()) {
      out_.append("[").append(class_of(letter)).append("]");
    } else if (is_letter_or_digit(letter) && !class_of(lower).empty()) {
      out_.append("[^").append(class_of(lower)).append("]");
    } else if (const auto plain = escaped(letter)) {
      if (kOfExtended.find(*plain) != std::string_view::npos) out_ += '\\';
      out_ += *plain;
    } else {
      return false;
    }
    return true;
  }

  /// POSIX has no escapes in a bracket expression: `]`, `^`, `-` and `[` are members by their
  /// position.
  bool take_brackets() {
    Brackets set;
    set.negated = rest_.starts_with('^');
    if (set.negated) take();
    for (bool after_class = false; !rest_.starts_with(']');) {
      if (rest_.empty()) return false;
      char next = take();
      const bool is_escape = next == '\\';
      const std::string_view members = is_escape ? class_of(rest_.front()) : std::string_view();
      if (is_escape) {
        const auto plain = escaped(take());
        if (members.empty() && !plain) return false;
        next = plain.value_or('\0');
      }
      const bool is_range = next == '-' && !is_escape && !after_class && !rest_.starts_with(']');
      after_class = !members.empty();
      set.members += members;
      if (!after_class) set.add(next, is_range);
    }
    take();
    out_ += set.text();
    return true;
  }

  std::string_view rest_;
  std::string out_;
  bool is_quantifier_ = false;
};

}  // namespace

std::optional<std::string> posix_pattern(std::string_view pattern) {
  return Translator(pattern).translated();
}

}  // namespace berth::spec
