// The rules that describe() names: each decides whether a value is valid and describes what is
// allowed. A rule for an array applies to its elements, a rule for a map to its names.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace berth::spec {

/// Accepts every value of the right type.
struct Any {};

/// Accepts one of these words, which are separated by one space.
struct Words {
  std::string_view words;

  bool holds(std::string_view value) const;
  std::string allowed() const;
  std::vector<std::string> list() const;
};

/// A word of the specification and the kernel's number for it.
struct WordValue {
  std::string_view word;
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

extern const Form kAbsolutePath;
extern const Form kNotEmpty;
extern const Form kVersion1;  ///< CF-VER-1, CF-VER-2
extern const Form kVariable;  ///< NAME=value
extern const Form kHostName;
extern const Form kDeviceAccess;  ///< the letters r, w, m
extern const Form kPageSize;      ///< 64KB, 2MB, 1GB
extern const Form kInterfaceName;
extern const Form kNumberList;      ///< 0-3,6
extern const Form kFileName;        ///< without a slash
extern const Form kClassOfService;  ///< the name of a resctrl group
extern const Form kOneWord;
extern const Form kOneLine;
extern const Form kBandwidthSchema;  ///< lines of resctrl's schemata

/// The part of a rule across members that JSON Schema can express, as keywords for their object. It
/// stands beside the rule in describe(), so that a reader sees both forms.
struct Clause {
  std::string_view schema;
};

inline constexpr Range kPositive{1, INT64_MAX};
/// The highest uid or gid. The number above it means "no id" to the kernel; setresuid(2) would take
/// it as "unchanged" and leave the program root's uid.
inline constexpr std::uint32_t kLastId = UINT32_MAX - 1;
inline constexpr Range kId{0, kLastId};
/// The kernel's numbers have 12 and 20 bits; compiling checks whether the host accepts one.
inline constexpr Range kDeviceNumber{0, UINT32_MAX};

}  // namespace berth::spec
