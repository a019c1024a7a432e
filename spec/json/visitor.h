// Every struct that has a JSON form has a describe(): a template beside it that shows a visitor
// each property once, by JSON name, field and rule. It is found by the struct's own namespace, so
// any room can describe its own:
//
//   void describe(auto& v, Rlimit& rlimit) {
//     v.required("type", rlimit.type, kRlimitTypes);
//     v.required("soft", rlimit.soft);
//     v.required("hard", rlimit.hard);
//     v.check("soft", "hard", rlimit.soft <= rlimit.hard, "at most 'hard'");
//   }
//
// What a visitor offers:
//   required(name, field, rule)  has to be there; is always written, but for an empty optional
//   optional(name, field, rule)  may be absent. Not written when it is an empty optional, container
//                                or struct, zero, false or "": so that is what absent has to mean
//   check(name, [other,] holds, allowed [, clause])  a rule across fields; the problem is at
//   `name`,
//                                a pointer without its first slash ("": the struct itself), and not
//                                reported while there or at `other` something is wrong already; the
//                                clause says what a JSON Schema can say of the rule
//   unique(name, array, member, key)  no two elements have the same text there
// Fields: bool, integers, Decimal, std::string, std::optional, std::vector, std::map<std::string,
// T> and described structs of these. Rules: spec/json/rules.h, Any when left out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace berth::spec {

// ---- the kinds of fields --------------------------------------------------------------------

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsArray : std::false_type {};
template <class T>
struct IsArray<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};
template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_same_v<T, std::string>;

/// A number with a point, as its source wrote it: digits and one point. It is only written.
struct Decimal {
  std::string text = "0";
};

// ---- visitors -------------------------------------------------------------------------------

/// A name as describe() writes it. The compiler measures it, because a document has hundreds.
struct Name : std::string_view {
  consteval Name(const char* text) : std::string_view(text) {}
};

/// The part of a visitor that has no use for the rules across fields.
struct WithoutChecks {
  template <class... Arguments>
  void check(const Arguments&...) {}
  template <class... Arguments>
  void unique(const Arguments&...) {}
};

/// The visitor that collects names.
struct NameCollector : WithoutChecks {
  template <class... Arguments>
  void required(Name name, const Arguments&...) {
    names.emplace_back(name);
  }
  template <class... Arguments>
  void optional(Name name, const Arguments&...) {
    names.emplace_back(name);
  }

  std::vector<std::string> names;
};

/// The property names of a described struct.
template <class T>
std::vector<std::string> names_of() {
  T value{};
  NameCollector collector;
  describe(collector, value);
  return collector.names;
}

}  // namespace berth::spec
