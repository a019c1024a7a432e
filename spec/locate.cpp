#include "spec/locate.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <tuple>

namespace berth::spec {

namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

/// Walks over JSON without understanding more of it than strings and brackets.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) { skip_blanks(); }

  std::size_t offset() const { return at_; }
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }

  /// Steps over the next character if it is this one, and over the blanks after it.
  bool take(char wanted) {
    if (peek() != wanted) return false;
    at_++;
    skip_blanks();
    return true;
  }

  /// A string with its quotes, or nothing.
  std::string_view take_string() {
    if (peek() != '"') return {};
    const std::size_t start = at_;
    skip_string();
    const auto text = text_.substr(start, at_ - start);
    skip_blanks();
    return text;
  }

  /// Anything up to the comma or bracket that ends it.
  std::string_view take_value() {
    const std::size_t start = at_;
    std::size_t depth = 0;
    while (!at_end()) {
      const char next = peek();
      const bool closes = next == ']' || next == '}';
      if (depth == 0 && (closes || next == ',')) break;
      if (next == '[' || next == '{') depth++;
      if (closes) depth--;
      if (next == '"') {
        skip_string();
      } else {
        at_++;
      }
    }
    auto text = text_.substr(start, at_ - start);
    text.remove_suffix(text.size() - (text.find_last_not_of(" \t\r\n") + 1));
    return text;
  }

 private:
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  void skip_string() {
    at_++;
    while (!at_end() && peek() != '"') at_ += peek() == '\\' ? 2 : 1;
    at_ = std::min(at_ + 1, text_.size());
  }

  std::string_view text_;
  std::size_t at_;
};

/// What a JSON string says, or nothing.
std::string unquoted(std::string_view quoted) {
  if (quoted.size() < 2) return {};
  if (quoted.find('\\') == kNowhere) return std::string(quoted.substr(1, quoted.size() - 2));
  rapidjson::Document document;
  document.Parse(quoted.data(), quoted.size());
  if (document.HasParseError() || !document.IsString()) return {};
  return {document.GetString(), document.GetStringLength()};
}

std::size_t find_member(Scanner scanner, std::string_view name) {
  std::size_t found = kNowhere;
  scanner.take('{');
  do {
    const bool same = unquoted(scanner.take_string()) == name;
    if (!scanner.take(':')) break;
    if (same) found = scanner.offset();
    scanner.take_value();
  } while (scanner.take(','));
  return found;
}

std::size_t find_element(Scanner scanner, std::string_view index) {
  std::size_t left = 0;
  const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), left);
  if (error != std::errc{} || end != index.data() + index.size()) return kNowhere;
  scanner.take('[');
  if (scanner.peek() == ']') return kNowhere;
  for (; left > 0; left--) {
    scanner.take_value();
    if (!scanner.take(',')) return kNowhere;
  }
  return scanner.offset();
}

std::string unescaped(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); i++) {
    const bool escape = token[i] == '~' && i + 1 < token.size();
    if (!escape) {
      text += token[i];
    } else {
      text += token[++i] == '1' ? '/' : '~';
    }
  }
  return text;
}

}  // namespace

Spot find(std::string_view bytes, std::string_view pointer) {
  Scanner value(bytes, 0);
  bool exact = true;
  while (exact && pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const std::string token = unescaped(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(std::min(pointer.find('/'), pointer.size()));
    std::size_t child = kNowhere;
    if (value.peek() == '{') child = find_member(value, token);
    if (value.peek() == '[') child = find_element(value, token);
    exact = child != kNowhere;
    if (exact) value = Scanner(bytes, child);
  }
  const std::size_t offset = value.offset();
  return {.offset = offset, .text = value.take_value(), .exact = exact};
}

void set_position(Problem& problem, std::string_view bytes, std::size_t offset) {
  const auto before = bytes.substr(0, offset);
  problem.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  // npos + 1 is 0: the first line starts with the document.
  problem.column = static_cast<int>(before.size() - (before.rfind('\n') + 1)) + 1;
}

void locate(const std::string& bytes, Problems& problems) {
  for (Problem& problem : problems.list()) {
    if (problem.line == 0) set_position(problem, bytes, find(bytes, problem.pointer).offset);
  }
  std::stable_sort(problems.list().begin(), problems.list().end(),
                   [](const Problem& one, const Problem& other) {
                     return std::tie(one.line, one.column) < std::tie(other.line, other.column);
                   });
}

namespace {

/// Where its closing quote is, from the first byte of a string on; or the end.
const char* find_quote(const char* at, const char* end) {
  for (; at < end && *at != '"'; at++) {
    if (*at == '\\') at++;
  }
  return std::min(at, end);  // the last byte may be a backslash
}

}  // namespace

std::size_t find_too_deep(std::string_view bytes, std::size_t depth) {
  std::size_t open = 0;
  // Every byte of every config.json: without the checks of operator[].
  const char* const end = bytes.data() + bytes.size();
  for (const char* at = bytes.data(); at < end; at++) {
    const char next = *at;
    if (next == '"') {
      at = find_quote(at + 1, end);
    } else if (next == '[' || next == '{') {
      if (++open > depth) return static_cast<std::size_t>(at - bytes.data());
    } else if ((next == ']' || next == '}') && open > 0) {
      open--;
    }
  }
  return kNowhere;
}

std::string pointer_token(std::string_view name) {
  std::string token;
  for (const char next : name) {
    if (next == '~') {
      token += "~0";
    } else if (next == '/') {
      token += "~1";
    } else {
      token += next;
    }
  }
  return token;
}

}  // namespace berth::spec
