#include "spec/schema/config_schema.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <type_traits>
#include <vector>

#include "spec/config/config.h"
#include "spec/json/json.h"

namespace berth::spec {

namespace {

void write_member(std::string_view name, const auto& value, JsonWriter& out) {
  out.member(name);
  StructWriter::write(out, value);
}

void write_text(std::string_view name, std::string_view text, JsonWriter& out) {
  out.member(name);
  out.quoted(text);
}

// ---- rules ----------------------------------------------------------------------------------

// Each overload writes the keywords of one kind of rule into the open schema.

void write_rule(const Any& /*rule*/, JsonWriter& out) { write_text("type", "string", out); }
void write_rule(const Words& rule, JsonWriter& out) { write_member("enum", rule.list(), out); }
void write_rule(const WordTable& rule, JsonWriter& out) { write_member("enum", rule.list(), out); }

void write_rule(const Form& rule, JsonWriter& out) {
  write_text("type", "string", out);
  out.next();
  out.raw(rule.schema);
}

template <class Rule>
void write_rule(const OrEmpty<Rule>& rule, JsonWriter& out) {
  out.member("anyOf");
  out.open('[');
  out.next();
  out.open('{');
  write_rule(rule.rule, out);
  out.close('}');
  out.next();
  out.raw(R"({"const": ""})");
  out.close(']');
}

template <class Number>
void write_integer(const Range& range, JsonWriter& out) {
  using Limits = std::numeric_limits<Number>;
  constexpr auto kMin = static_cast<std::int64_t>(Limits::min());
  constexpr auto kMax = static_cast<std::uint64_t>(Limits::max());
  write_text("type", "integer", out);
  write_member("minimum", std::max(range.min, kMin), out);
  write_member("maximum", std::min(range.max, kMax), out);
}

// ---- types ----------------------------------------------------------------------------------

template <class T, class Rule>
void write_schema(const Rule& rule, JsonWriter& out);

/// The visitor that writes the properties of a struct. It keeps `required` and the clauses for
/// later, because a schema has them outside of `properties`.
class SchemaWriter {
 public:
  explicit SchemaWriter(JsonWriter& out) : out_(out) {}

  template <class T, class Rule = Any>
  void required(std::string_view name, const T& field, const Rule& rule = {}) {
    required_.emplace_back(name);
    optional(name, field, rule);
  }

  template <class T, class Rule = Any>
  void optional(std::string_view name, const T&, const Rule& rule = {}) {
    out_.member(name);
    write_schema<T>(rule, out_);
  }

  void check(std::string_view name, bool, std::string_view allowed, const Clause& clause = {}) {
    const std::string member = name.empty() ? "" : "'" + std::string(name) + "': ";
    checks_.push_back({member + std::string(allowed), clause});
  }
  void check(std::string_view name, std::string_view, bool holds, std::string_view allowed,
             const Clause& clause = {}) {
    check(name, holds, allowed, clause);
  }

  template <class List, class Member>
  void unique(std::string_view name, const List&, Member, std::string_view key) {
    check(name, true, "each '" + std::string(key) + "' only once");
  }

  template <class T>
  static void write(JsonWriter& out) {
    out.member("properties");
    out.open('{');
    SchemaWriter writer(out);
    T shape{};
    describe(writer, shape);
    out.close('}');
    writer.write_rest();
  }

 private:
  struct Check {
    std::string text;
    Clause clause;
  };

  void write_rest() const {
    if (!required_.empty()) write_member("required", required_, out_);
    if (checks_.empty()) return;
    out_.member("allOf");
    out_.open('[');
    for (const Check& check : checks_) {
      out_.next();
      out_.open('{');
      write_text("description", check.text, out_);
      if (!check.clause.schema.empty()) {
        out_.next();
        out_.raw(check.clause.schema);
      }
      out_.close('}');
    }
    out_.close(']');
  }

  JsonWriter& out_;
  std::vector<std::string> required_;
  std::vector<Check> checks_;
};

template <class T, class Rule>
void write_scalar(const Rule& rule, JsonWriter& out) {
  if constexpr (std::is_same_v<T, bool>) {
    write_text("type", "boolean", out);
  } else if constexpr (std::is_arithmetic_v<T> && std::is_same_v<Rule, Any>) {
    write_integer<T>({INT64_MIN, UINT64_MAX}, out);
  } else if constexpr (std::is_arithmetic_v<T>) {
    write_integer<T>(rule, out);
  } else {
    write_rule(rule, out);
  }
}

template <class T, class Rule>
void write_map(const Rule& rule, JsonWriter& out) {
  write_text("type", "object", out);
  if constexpr (!std::is_same_v<Rule, Any>) {
    out.member("propertyNames");
    write_schema<std::string>(rule, out);
  }
  out.member("additionalProperties");
  write_schema<typename T::mapped_type>(Any{}, out);
}

template <class T, class Rule>
void write_keywords(const Rule& rule, JsonWriter& out) {
  if constexpr (IsOptional<T>::value) {
    write_keywords<typename T::value_type>(rule, out);
  } else if constexpr (Scalar<T>) {
    write_scalar<T>(rule, out);
  } else if constexpr (IsMap<T>::value) {
    write_map<T>(rule, out);
  } else if constexpr (IsArray<T>::value) {
    write_text("type", "array", out);
    out.member("items");
    write_schema<typename T::value_type>(rule, out);
  } else {
    write_text("type", "object", out);
    SchemaWriter::write<T>(out);
  }
}

template <class T, class Rule>
void write_schema(const Rule& rule, JsonWriter& out) {
  out.open('{');
  write_keywords<T>(rule, out);
  out.close('}');
}

}  // namespace

std::string config_schema() {
  JsonWriter out(Layout::Pretty);
  out.open('{');
  write_text("$schema", "http://json-schema.org/draft-07/schema#", out);
  write_text("title", "config.json of the OCI runtime specification 1.3.0, as berth takes it", out);
  write_text(
      "description",
      "Some rules no JSON Schema can express: they are descriptions under allOf here, and berth's "
      "reader checks them. It takes null in place of an optional property for its absence.",
      out);
  write_keywords<Config>(Any{}, out);
  out.close('}');
  return out.take() + "\n";
}

}  // namespace berth::spec
