// The kinds of rules that describe() names: each decides whether a value is valid and describes
// what is allowed. A rule for an array applies to its elements, a rule for a map to its names.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "spec/short_text.h"

namespace berth::spec {

/// Accepts every value of the right type.
struct Any {
  static constexpr bool holds(const auto& /*value*/) { return true; }
};

/// Accepts one of these words, which are separated by one space.
struct Words {
  std::string_view words;

  bool holds(std::string_view value) const;
  std::string allowed() const;
  std::vector<std::string> list() const;
};

/// A word of the specification and the kernel's number for it.
struct WordValue {
  ShortText<40> word;
  std::uint64_t value = 0;
};

/// Accepts one of the words of a table.
struct WordTable {
  std::span<const WordValue> rows;

  bool holds(std::string_view word) const { return find(word) != nullptr; }
  std::string allowed() const;
  std::vector<std::string> list() const;
  /// The value of a word that holds() accepts.
  std::uint64_t value_of(std::string_view word) const;
  /// The union of the bits of all words.
  std::uint64_t bits_of(std::span<const std::string> words) const;
  /// The words whose bits are in a set: `pid, network`.
  std::string words_of(std::uint64_t bits) const;

 private:
  const WordValue* find(std::string_view word) const;
};

/// Accepts integers from `min` to `max`, both included.
struct Range {
  std::int64_t min = 0;
  std::uint64_t max = 0;

  template <std::integral Number>
  bool holds(Number value) const {
    return std::cmp_greater_equal(value, min) && std::cmp_less_equal(value, max);
  }
  std::string allowed() const;
};

/// Accepts texts of one form.
struct Form {
  bool (*check)(std::string_view);
  std::string_view words;
  std::string_view schema;  ///< JSON Schema keywords that say the same: `"minLength": 1`

  bool holds(std::string_view value) const { return check(value); }
  std::string allowed() const { return std::string(words); }
};

/// Accepts what the rule accepts, and "", which counts as absent where a property is optional.
template <class Rule>
struct OrEmpty {
  Rule rule;

  bool holds(std::string_view value) const { return value.empty() || rule.holds(value); }
  std::string allowed() const { return rule.allowed(); }
};

template <class Rule>
OrEmpty(Rule) -> OrEmpty<Rule>;  // clang 14 does not deduce it for an aggregate

template <class Rule>
struct IsOrEmpty : std::false_type {};
template <class Rule>
struct IsOrEmpty<OrEmpty<Rule>> : std::true_type {};

/// The part of a rule across members that JSON Schema can express, as keywords for their object. It
/// stands beside the rule in describe(), so that a reader sees both forms.
struct Clause {
  std::string_view schema;
};

}  // namespace berth::spec
