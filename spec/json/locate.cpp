#include "spec/json/locate.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "spec/json/memory.h"

namespace berth::spec {

namespace {

using JsonPool = rapidjson::MemoryPoolAllocator<JsonMemory>;
using JsonDocument = rapidjson::GenericDocument<rapidjson::UTF8<>, JsonPool, JsonMemory>;

constexpr std::size_t kNowhere = std::string_view::npos;

/// Scans JSON, of which it knows only strings and brackets.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) { skip_blanks(); }

  std::size_t offset() const { return at_; }
  std::size_t steps() const { return steps_; }
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }

  /// Consumes the next character and the blanks after it if it is `wanted`.
  bool take(char wanted) {
    if (peek() != wanted) return false;
    at_++;
    steps_++;
    skip_blanks();
    return true;
  }

  /// Consumes a string and returns it with its quotes, or nothing.
  std::string_view take_string() {
    if (peek() != '"') return {};
    const std::size_t start = at_;
    skip_string();
    steps_ += at_ - start;
    const auto text = text_.substr(start, at_ - start);
    skip_blanks();
    return text;
  }

  /// The text from `start` to here without trailing blanks.
  std::string_view text_since(std::size_t start) const {
    const auto text = text_.substr(start, at_ - start);
    return text.substr(0, text.find_last_not_of(kBlanks) + 1);
  }

  /// Consumes everything up to the comma or bracket that ends the value.
  void take_value() {
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
    steps_ += at_ - start;
  }

 private:
  static constexpr std::string_view kBlanks = " \t\r\n";

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  void skip_string() {
    at_++;
    while (!at_end() && peek() != '"') at_ += peek() == '\\' ? 2 : 1;
    at_ = std::min(at_ + 1, text_.size());
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t steps_ = 0;
};

/// The content of a JSON string, or an empty text.
std::string unquoted(std::string_view quoted) {
  if (quoted.size() < 2) return {};
  if (quoted.find('\\') == kNowhere) return std::string(quoted.substr(1, quoted.size() - 2));
  JsonDocument document;
  document.Parse(quoted.data(), quoted.size());
  if (document.HasParseError() || !document.IsString()) return {};
  return {document.GetString(), document.GetStringLength()};
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

/// Finds many pointers in one scan, which enters only the values that a pointer leads to or
/// through.
class Walk {
 public:
  Walk(std::string_view bytes, const std::vector<std::string>& pointers) : scanner_(bytes, 0) {
    locations_.resize(pointers.size(), {.offset = scanner_.offset(), .text = {}, .exact = false});
    for (std::size_t i = 0; i < pointers.size(); ++i) add(pointers[i], i);
    visit(0);
  }

  Locations take() { return {.list = std::move(locations_), .steps = scanner_.steps()}; }

 private:
  /// A value that pointers lead to or through.
  struct Node {
    std::vector<std::size_t> ends;  ///< the indexes of the pointers that end here
    std::map<std::string, std::size_t, std::less<>> below;
  };

  void add(std::string_view pointer, std::size_t index) {
    std::size_t node = 0;
    while (pointer.starts_with('/')) {
      pointer.remove_prefix(1);
      std::string token = unescaped(pointer.substr(0, pointer.find('/')));
      pointer.remove_prefix(std::min(pointer.find('/'), pointer.size()));
      const auto [at, is_new] = nodes_[node].below.emplace(std::move(token), nodes_.size());
      node = at->second;
      if (is_new) nodes_.emplace_back();
    }
    nodes_[node].ends.push_back(index);
  }

  void visit(std::size_t node) {
    const std::size_t start = scanner_.offset();
    settle_for(start, node);
    const bool goes_on = !nodes_[node].below.empty();
    if (goes_on && scanner_.peek() == '{') {
      visit_members(node);
    } else if (goes_on && scanner_.peek() == '[') {
      visit_elements(node);
    } else {
      scanner_.take_value();
    }
    for (const std::size_t end : nodes_[node].ends) {
      locations_[end] = {.offset = start, .text = scanner_.text_since(start), .exact = true};
    }
  }

  /// Gives all pointers at or below a node this position, which holds unless a child is found.
  void settle_for(std::size_t offset, std::size_t node) {
    for (const std::size_t end : nodes_[node].ends)
      locations_[end] = {.offset = offset, .text = {}, .exact = false};
    for (const auto& [token, below] : nodes_[node].below) settle_for(offset, below);
  }

  void visit_members(std::size_t node) {
    scanner_.take('{');
    do {
      const std::string name = unquoted(scanner_.take_string());
      if (!scanner_.take(':')) break;
      visit_if_wanted(node, name);
    } while (scanner_.take(','));
    scanner_.take('}');
  }

  void visit_elements(std::size_t node) {
    scanner_.take('[');
    for (std::size_t index = 0; scanner_.peek() != ']'; ++index) {
      visit_if_wanted(node, std::to_string(index));
      if (!scanner_.take(',')) break;
    }
    scanner_.take(']');
  }

  void visit_if_wanted(std::size_t node, const std::string& token) {
    const auto found = nodes_[node].below.find(token);
    found == nodes_[node].below.end() ? scanner_.take_value() : visit(found->second);
  }

  Scanner scanner_;
  std::vector<Node> nodes_{1};
  std::vector<Location> locations_;
};

}  // namespace

Locations find(std::string_view bytes, const std::vector<std::string>& pointers) {
  if (pointers.empty()) return {};  // nearly every document has no problems
  return Walk(bytes, pointers).take();
}

namespace {

/// Computes line and column for offsets in ascending order.
class LineCounter {
 public:
  explicit LineCounter(std::string_view bytes) : bytes_(bytes) {}

  void set_position(std::size_t offset, Problem& problem) {
    for (std::size_t end = bytes_.find('\n', start_); end < offset;
         end = bytes_.find('\n', start_)) {
      start_ = end + 1;
      ++line_;
    }
    problem.line = line_;
    problem.column = static_cast<int>(offset - start_) + 1;
  }

 private:
  std::string_view bytes_;
  std::size_t start_ = 0;  ///< the offset of the line
  int line_ = 1;
};

}  // namespace

void set_position(Problem& problem, std::string_view bytes, std::size_t offset) {
  LineCounter(bytes).set_position(offset, problem);
}

void locate(const std::string& bytes, Problems& problems) {
  std::vector<Problem*> lost;
  std::vector<std::string> pointers;
  for (Problem& problem : problems.list()) {
    if (problem.line != 0) continue;
    lost.push_back(&problem);
    pointers.push_back(problem.pointer);
  }
  const Locations locations = find(bytes, pointers);
  std::vector<std::pair<std::size_t, Problem*>> found;
  for (std::size_t i = 0; i < lost.size(); ++i)
    found.emplace_back(locations.list[i].offset, lost[i]);
  std::sort(found.begin(), found.end());
  LineCounter counter(bytes);
  for (const auto& [offset, problem] : found) counter.set_position(offset, *problem);
  std::stable_sort(problems.list().begin(), problems.list().end(),
                   [](const Problem& one, const Problem& other) {
                     return std::tie(one.line, one.column) < std::tie(other.line, other.column);
                   });
}

namespace {

/// The closing quote of the string whose first byte is `at`, or the end.
const char* find_quote(const char* at, const char* end) {
  for (; at < end && *at != '"'; at++) {
    if (*at == '\\') at++;
  }
  return std::min(at, end);  // the last byte may be a backslash
}

}  // namespace

std::size_t find_too_deep(std::string_view bytes, std::size_t depth) {
  std::size_t open = 0;
  // This runs over every byte of every config.json, so it avoids the checks of operator[].
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
