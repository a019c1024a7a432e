// Structs from and to JSON, for every struct that has a describe() (spec/json/visitor.h).
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "spec/error.h"
#include "spec/json/locate.h"
#include "spec/json/reader.h"
#include "spec/json/rules.h"
#include "spec/json/visitor.h"

namespace berth::spec {

enum class Layout {
  Compact,  ///< one line without blanks
  Pretty,   ///< a line for each value, indented by two blanks a level
};

/// A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

template <class T>
std::string to_json(const T& value, Layout layout = Layout::Compact);

/// Reads a struct. If there are problems, which are in document order with line and column, the
/// result must not be used.
template <class T>
T from_json(const std::string& bytes, Problems& problems, Null null = Null::refused);

// ---- reading --------------------------------------------------------------------------------

/// The visitor that fills a struct.
class StructReader {
 public:
  explicit StructReader(const Cursor& object) : object_(object) {}

  template <class T, class Rule = Any>
  void required(Name name, T& field, const Rule& rule = {}) {
    const Cursor member = object_.member(name, next_);
    member.exists() ? read(member, field, rule) : member.refuse(allowed<T>(rule));
  }

  template <class T, class Rule = Any>
  void optional(Name name, T& field, const Rule& rule = {}) {
    const Cursor member = object_.member(name, next_);
    if (!member.is_absent() && !is_empty_for_absent(member, rule)) read(member, field, rule);
  }

  void check(std::string_view name, bool holds, std::string_view allowed, const Clause& = {}) {
    check(name, name, holds, allowed);
  }
  void check(std::string_view name, std::string_view other, bool holds, std::string_view allowed,
             const Clause& = {}) {
    if (!holds) object_.refuse_below(name, other, allowed);
  }

  template <class T>
  void unique(std::string_view name, const std::vector<T>& list, std::string T::*member,
              std::string_view key) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < list.size(); i++) {
      if (seen.insert(list[i].*member).second) continue;
      std::string place(name);
      place.append("/").append(std::to_string(i)).append("/").append(key);
      check(place, false, "each one only once");
    }
  }

  template <class Rule>
  static bool is_empty_for_absent(const Cursor& at, const Rule&) {
    std::string text;
    return IsOrEmpty<Rule>::value && at.get(text) && text.empty();
  }

  template <class T, class Rule>
  static void read(const Cursor& at, T& field, const Rule& rule) {
    if constexpr (IsOptional<T>::value) {
      read(at, field.emplace(), rule);
    } else if constexpr (Scalar<T>) {
      read_scalar(at, field, rule);
    } else if constexpr (IsArray<T>::value) {
      if (!at.is_array()) return at.refuse(allowed<T>(rule));
      field.resize(at.size());
      for (std::size_t i = 0; i < field.size(); i++) read(at.at(i), field[i], rule);
    } else {
      if (!at.is_object()) return at.refuse(allowed<T>(rule));
      if constexpr (IsMap<T>::value) {
        for (std::size_t i = 0; i < at.size(); i++) read_entry(at.at(i), field, rule);
      } else {
        StructReader reader(at);
        describe(reader, field);
      }
    }
  }

 private:
  template <class T, class Rule>
  static void read_scalar(const Cursor& at, T& field, const Rule& rule) {
    if (!get(at, field)) return at.refuse(allowed<T>(rule));
    if constexpr (std::is_same_v<T, std::string>) {
      if (!at.is_plain(field)) {
        return at.refuse("a string without \\u0000 and half surrogate pairs");
      }
    }
    if (!rule.holds(field)) at.refuse(allowed<T>(rule));
  }

  template <class T>
  static bool get(const Cursor& at, T& field) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) {
      return at.get(field);
    } else {
      std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t> wide = 0;
      if (!at.get(wide) || !std::in_range<T>(wide)) return false;
      field = static_cast<T>(wide);
      return true;
    }
  }

  template <class T, class Rule>
  static void read_entry(const Cursor& at, std::map<std::string, T>& field, const Rule& rule) {
    const std::string name(at.name());
    if (!at.is_plain(name)) {
      at.refuse_name("a name without \\u0000 and half surrogate pairs");
    } else if (!rule.holds(name)) {
      at.refuse_name(allowed<std::string>(rule));
    }
    read(at, field[name], Any{});
  }

  /// Describes what a field accepts.
  template <class T, class Rule>
  static std::string allowed(const Rule& rule) {
    if constexpr (IsOptional<T>::value) {
      return allowed<typename T::value_type>(rule);
    } else if constexpr (Scalar<T> && !std::is_same_v<Rule, Any>) {
      return rule.allowed();
    } else if constexpr (std::is_same_v<T, bool>) {
      return "true or false";
    } else if constexpr (std::is_arithmetic_v<T>) {
      return Range{std::numeric_limits<T>::min(), std::numeric_limits<T>::max()}.allowed();
    } else if constexpr (std::is_same_v<T, std::string>) {
      return "a string";
    } else {
      return IsArray<T>::value ? "an array" : "an object";
    }
  }

  const Cursor& object_;
  std::size_t next_ = 0;  ///< the member that is probably asked for next
};

template <class T>
T from_json(const std::string& bytes, Problems& problems, Null null) {
  T value{};
  Document document(bytes, problems, null);
  if (document.parsed()) StructReader::read(document.root(), value, Any{});
  locate(bytes, problems);
  return value;
}

// ---- writing --------------------------------------------------------------------------------

/// Writes the brackets, commas and line breaks of JSON.
class JsonWriter {
 public:
  explicit JsonWriter(Layout layout) : pretty_(layout == Layout::Pretty) {
    text_.reserve(kUsualSize);
  }

  void open(char bracket);
  void close(char bracket);
  void next();                         ///< called before each element of an array
  void member(std::string_view name);  ///< for a name of describe(), which needs no escapes
  void key(std::string_view name);     ///< for any name
  void quoted(std::string_view text);
  void raw(std::string_view text) { text_ += text; }

  std::string take() { return std::move(text_); }

  /// A position to which rewind() returns after an empty struct.
  struct Mark {
    std::size_t size;
    bool first;
  };
  Mark mark() const { return {text_.size(), first_}; }
  void rewind(const Mark& mark);

 private:
  static constexpr std::size_t kUsualSize = 2048;  ///< of a Record

  std::string text_;
  std::size_t depth_ = 0;
  bool pretty_;
  bool first_ = true;  ///< nothing has been written inside the innermost bracket
};

/// The visitor that writes a struct.
class StructWriter : public WithoutChecks {
 public:
  explicit StructWriter(JsonWriter& out) : out_(out) {}

  template <class T, class Rule = Any>
  void required(Name name, const T& field, const Rule& = {}) {
    if constexpr (IsOptional<T>::value) {
      if (field) required(name, *field);
    } else {
      out_.member(name);
      write(out_, field);
      empty_ = false;
    }
  }

  template <class T, class Rule = Any>
  void optional(Name name, const T& field, const Rule& = {}) {
    if constexpr (IsOptional<T>::value) {
      required(name, field);
    } else if constexpr (Scalar<T>) {
      if (field != T{}) required(name, field);
    } else if constexpr (IsArray<T>::value || IsMap<T>::value) {
      if (!field.empty()) required(name, field);
    } else {
      const auto mark = out_.mark();
      out_.member(name);
      if (write_struct(out_, field)) {
        empty_ = false;
      } else {
        out_.rewind(mark);
      }
    }
  }

  template <class T>
  static void write(JsonWriter& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out.raw(value ? "true" : "false");
    } else if constexpr (std::is_arithmetic_v<T>) {
      out.raw(std::to_string(value));
    } else if constexpr (std::is_same_v<T, Decimal>) {
      out.raw(value.text);
    } else if constexpr (std::is_same_v<T, std::string>) {
      out.quoted(value);
    } else if constexpr (IsArray<T>::value) {
      out.open('[');
      for (const auto& element : value) {
        out.next();
        write(out, element);
      }
      out.close(']');
    } else if constexpr (IsMap<T>::value) {
      out.open('{');
      for (const auto& [name, element] : value) {
        out.key(name);
        write(out, element);
      }
      out.close('}');
    } else {
      write_struct(out, value);
    }
  }

 private:
  /// Returns false if no property was written.
  template <class T>
  static bool write_struct(JsonWriter& out, const T& value) {
    out.open('{');
    StructWriter writer(out);
    // describe() takes a non-const struct because it also serves reading; this visitor does not
    // change it.
    describe(writer, const_cast<T&>(value));
    out.close('}');
    return !writer.empty_;
  }

  JsonWriter& out_;
  bool empty_ = true;
};

template <class T>
std::string to_json(const T& value, Layout layout) {
  JsonWriter out(layout);
  StructWriter::write(out, value);
  return out.take();
}

}  // namespace berth::spec
