#include "runtime/compile/cgroup/systemd/property_text.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <vector>

#include "spec/text.h"

namespace berth::plan {

namespace {

struct TypeWord {
  std::string_view word;
  char type;
};
constexpr TypeWord kTypes[] = {{"boolean", 'b'}, {"byte", 'y'},      {"int16", 'n'},
                               {"uint16", 'q'},  {"int32", 'i'},     {"uint32", 'u'},
                               {"int64", 'x'},   {"uint64", 't'},    {"double", 'd'},
                               {"string", 's'},  {"objectpath", 'o'}};

template <class Number>
bool fits(std::string_view text) {
  Number number = 0;
  return text::read_number(text, number);
}

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         std::ranges::count(text, '.') <= 1 &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// Whether the word is a value of this basic type.
bool is_value(char type, std::string_view word) {
  switch (type) {
    case 'b':
      return word == "true" || word == "false";
    case 'y':
      return fits<unsigned char>(word);
    case 'n':
      return fits<short>(word);
    case 'q':
      return fits<unsigned short>(word);
    case 'i':
      return fits<int>(word);
    case 'u':
      return fits<unsigned>(word);
    case 'x':
      return fits<long long>(word);
    case 't':
      return fits<unsigned long long>(word);
    case 'd':
      return is_decimal(word);
    default:
      return false;
  }
}

/// Reads one value from the front of a text. What it cannot read makes `fault`.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::string fault;

  void read(UnitProperty& property) {
    read_value(property, "");
    skip_blanks();
    if (fault.empty() && !rest_.empty()) fault = "has '" + std::string(rest_) + "' after the value";
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  }

  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view take_word() {
    skip_blanks();
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t,[]()'\""));
    rest_.remove_prefix(word.size());
    return word;
  }

  /// Appends a value and, if it is not of the type that was asked for, makes a fault.
  void read_value(UnitProperty& property, std::string_view type) {
    constexpr int kDeepest = 8;
    if (++depth_ > kDeepest) fault = "is nested too deeply";
    if (!fault.empty()) return;
    skip_blanks();
    if (rest_.starts_with('@')) return read_typed(property);
    if (rest_.starts_with('\'') || rest_.starts_with('"')) return read_string(property, type);
    if (take('[')) return read_array(property, type);
    if (take('(')) return read_tuple(property, type);
    read_word(property, type);
  }

  /// `@as []`
  void read_typed(UnitProperty& property) {
    const std::string_view type = take_word().substr(1);
    read_value(property, type);
  }

  void read_string(UnitProperty& property, std::string_view type) {
    const char quote = rest_.front();
    std::string text;
    std::size_t i = 1;
    for (; i < rest_.size() && rest_[i] != quote; ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      text += rest_[i];
    }
    if (i >= rest_.size()) {
      fault = "has a quote that does not end";
      return;
    }
    rest_.remove_prefix(i + 1);
    add(property, type.empty() ? "s" : type, "so", std::move(text));
  }

  void read_word(UnitProperty& property, std::string_view type) {
    const std::string_view word = take_word();
    const auto* named = std::ranges::find(kTypes, word, &TypeWord::word);
    if (named != std::end(kTypes)) return read_value(property, {&named->type, 1});
    std::string_view chosen = type;
    if (chosen.empty()) chosen = word == "true" || word == "false" ? "b" : "i";
    if (type.empty() && word.find('.') != std::string_view::npos) chosen = "d";
    if (chosen.size() != 1 || !is_value(chosen.front(), word)) {
      fault = "has '" + std::string(word) + "', which is not a value" +
              (chosen.size() == 1 ? " of the type '" + std::string(chosen) + "'" : "");
      return;
    }
    property.signature += chosen;
    property.values.emplace_back(word);
  }

  void read_array(UnitProperty& property, std::string_view type) {
    UnitProperty elements;
    std::string of(type.starts_with('a') ? type.substr(1) : "");
    std::size_t count = 0;
    for (; fault.empty() && !take(']'); ++count) {
      if (count > 0 && !take(',')) fault = "has an array without a comma or end";
      elements.signature.clear();
      read_value(elements, of);
      if (of.empty()) of = elements.signature;
      if (fault.empty() && elements.signature != of) fault = "has an array of different types";
      --depth_;
    }
    if (fault.empty() && of.empty()) fault = "has an empty array without a type: @as []";
    property.signature.append("a").append(of);
    property.values.push_back(std::to_string(count));
    std::ranges::copy(elements.values, std::back_inserter(property.values));
  }

  void read_tuple(UnitProperty& property, std::string_view type) {
    if (!type.empty()) fault = "has a tuple with a type before it";
    property.signature += '(';
    for (std::size_t count = 0; fault.empty() && !take(')'); ++count) {
      if (count > 0 && !take(',')) fault = "has a tuple without a comma or end";
      read_value(property, "");
      --depth_;
    }
    property.signature += ')';
  }

  void add(UnitProperty& property, std::string_view type, std::string_view allowed,
           std::string value) {
    if (type.size() != 1 || allowed.find(type) == std::string_view::npos) {
      fault = "has a text where the type is '" + std::string(type) + "'";
      return;
    }
    property.signature += type;
    property.values.push_back(std::move(value));
  }

  std::string_view rest_;
  int depth_ = 0;
};

}  // namespace

std::string read_property_text(std::string_view text, UnitProperty& property) {
  Reader reader(text);
  reader.read(property);
  return reader.fault;
}

}  // namespace berth::plan
