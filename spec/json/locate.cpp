#include "spec/json/locate.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "spec/json/reader.h"
#include "spec/pointer.h"

namespace berth::spec {

namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

/// Scans JSON, of which it knows only strings and brackets. It never goes back.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) { skip_blanks(); }

  std::size_t offset() const { return at_; }
  std::size_t steps() const { return steps_; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  /// Consumes the next character and the blanks after it if it is `wanted`.
  bool take(char wanted) {
    if (peek() != wanted) return false;
    go_to(at_ + 1);
    skip_blanks();
    return true;
  }

  /// Consumes a string and returns it with its quotes, or nothing.
  std::string_view take_string() {
    if (peek() != '"') return {};
    const std::size_t start = at_;
    go_to(end_of_string());
    const auto text = text_since(start);
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
    for (std::size_t depth = 0; at_ < text_.size();) {
      const char next = peek();
      const bool closes = next == ']' || next == '}';
      if (depth == 0 && (closes || next == ',')) break;
      if (next == '[' || next == '{') depth++;
      if (closes) depth--;
      go_to(next == '"' ? end_of_string() : at_ + 1);
    }
  }

 private:
  static constexpr std::string_view kBlanks = " \t\r\n";

  void go_to(std::size_t offset) {
    steps_ += offset - at_;
    at_ = offset;
  }

  void skip_blanks() { go_to(std::min(text_.find_first_not_of(kBlanks, at_), text_.size())); }

  std::size_t end_of_string() const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    return std::min(end + 1, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t steps_ = 0;
};

/// Computes line and column for offsets in ascending order.
class LineCounter {
 public:
  explicit LineCounter(std::string_view bytes) : bytes_(bytes) {}

  void set_position(auto& place, std::size_t offset) {
    for (std::size_t end = bytes_.find('\n', start_); end < offset;
         end = bytes_.find('\n', start_)) {
      start_ = end + 1;
      ++line_;
    }
    place.line = line_;
    place.column = static_cast<int>(offset - start_) + 1;
  }

 private:
  std::string_view bytes_;
  std::size_t start_ = 0;  ///< the offset of the line
  int line_ = 1;
};

/// The content of a JSON string, or an empty text.
std::string unquoted(std::string_view quoted) {
  if (quoted.size() < 2) return {};
  if (quoted.find('\\') == kNowhere) return std::string(quoted.substr(1, quoted.size() - 2));
  const std::string bytes(quoted);
  std::string text;
  Problems none;
  Document document(bytes, none);
  if (document.parsed()) document.root().get(text);
  return text;
}

/// Finds many pointers in one scan, which enters only the values that a pointer leads to or
/// through. The work for a name is linear in its length, however many members are beside or below.
class Walk {
 public:
  Walk(std::string_view bytes, const std::vector<std::string>& pointers)
      : scanner_(bytes), lines_(bytes) {
    for (const std::string& pointer : pointers) ends_.push_back(add(pointer));
    visit(0);
  }

  Locations take() const {
    Locations locations{.list = {}, .steps = scanner_.steps()};
    for (const std::size_t end : ends_) locations.list.push_back(place_of(end));
    return locations;
  }

 private:
  /// A value that pointers lead to or through.
  struct Node {
    std::size_t parent = 0;
    Location place;
    std::map<std::string, std::size_t, std::less<>> below;  ///< by tokens of the pointers
  };

  /// Returns the node of the pointer.
  std::size_t add(std::string_view pointer) {
    std::size_t node = 0;
    while (pointer.starts_with('/')) {
      pointer.remove_prefix(1);
      const std::string_view token = pointer.substr(0, pointer.find('/'));
      pointer.remove_prefix(token.size());
      const auto [at, is_new] = nodes_[node].below.emplace(token, nodes_.size());
      const std::size_t parent = std::exchange(node, at->second);
      if (is_new) nodes_.push_back({.parent = parent, .place = {}, .below = {}});
    }
    return node;
  }

  Location place_of(std::size_t node) const {
    std::size_t nearest = node;
    while (nearest != 0 && !nodes_[nearest].place.exact) nearest = nodes_[nearest].parent;
    Location place = nodes_[nearest].place;
    if (nearest != node) place.text = {};
    place.exact = nearest == node;
    return place;
  }

  void visit(std::size_t node) {
    forget(node);
    Location place{.offset = scanner_.offset(), .text = {}, .exact = true};
    lines_.set_position(place, place.offset);
    const bool goes_on = !nodes_[node].below.empty();
    if (goes_on && scanner_.peek() == '{') {
      visit_members(node);
    } else if (goes_on && scanner_.peek() == '[') {
      visit_elements(node);
    } else {
      scanner_.take_value();
    }
    place.text = scanner_.text_since(place.offset);
    nodes_[node].place = place;
  }

  /// Forgets what an earlier member of the same name had.
  void forget(std::size_t node) {
    nodes_[node].place = {};
    for (const auto& [token, child] : nodes_[node].below) forget(child);
  }

  void visit_members(std::size_t node) {
    scanner_.take('{');
    do {
      const std::string name = unquoted(scanner_.take_string());
      if (!scanner_.take(':')) break;
      visit_if_wanted(node, pointer_token(name));
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
    const auto child = nodes_[node].below.find(token);
    child == nodes_[node].below.end() ? scanner_.take_value() : visit(child->second);
  }

  Scanner scanner_;
  LineCounter lines_;
  std::vector<Node> nodes_{1};
  std::vector<std::size_t> ends_;  ///< the nodes of the pointers
};

}  // namespace

Locations find(std::string_view bytes, const std::vector<std::string>& pointers) {
  if (pointers.empty()) return {};  // nearly every document has no problems
  return Walk(bytes, pointers).take();
}

void set_position(Problem& problem, std::string_view bytes, std::size_t offset) {
  LineCounter(bytes).set_position(problem, offset);
}

std::string shown(std::string_view json) {
  constexpr std::size_t kLongest = 60;
  if (json.starts_with('{') && json != "{}") return "an object";
  if (json.starts_with('[') && json != "[]") return "an array";
  if (json.size() <= kLongest) return std::string(json);
  std::size_t end = kLongest;
  while ((json[end] & 0xC0) == 0x80) end--;
  return std::string(json.substr(0, end)) + "…";
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
  for (std::size_t i = 0; i < lost.size(); ++i) {
    const Location& place = locations.list[i];
    lost[i]->line = place.line;
    lost[i]->column = place.column;
    if (lost[i]->is_refusal) {
      lost[i]->message.insert(
          0, place.exact ? "found " + shown(place.text) + ", allowed: " : "missing, required: ");
    }
  }
  std::stable_sort(problems.list().begin(), problems.list().end(),
                   [](const Problem& one, const Problem& other) {
                     return std::tie(one.line, one.column) < std::tie(other.line, other.column);
                   });
}

}  // namespace berth::spec
