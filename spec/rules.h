// What a property's value may be, as small constants that describe() names. A rule says whether a
// value holds, and in words what is allowed. Of an array it is about each element, of a map about
// each name.
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

/// Anything of the right type.
struct Any {};

/// One of these words; they are separated by one space.
struct Words {
  std::string_view words;

  bool holds(std::string_view value) const;
  std::string allowed() const;
  std::vector<std::string> list() const;
};

/// A word of the specification, and the number by which the kernel knows it.
struct WordValue {
  std::string_view word;
  std::uint64_t value = 0;
};

/// One of these words.
struct WordTable {
  std::span<const WordValue> rows;

  bool holds(std::string_view word) const { return find(word) != nullptr; }
  std::string allowed() const;
  std::vector<std::string> list() const;
  /// `word` has been read, so the table has it.
  std::uint64_t value_of(std::string_view word) const;
  /// The values of all words of a list, as one set of bits.
  std::uint64_t bits_of(std::span<const std::string> words) const;
  /// The words whose bits are in a set, as `pid, network`.
  std::string words_of(std::uint64_t bits) const;

 private:
  const WordValue* find(std::string_view word) const;
};

/// An integer between the two, both included.
struct Range {
  std::int64_t min = 0;
  std::uint64_t max = 0;

  template <std::integral Number>
  bool holds(Number value) const {
    return std::cmp_greater_equal(value, min) && std::cmp_less_equal(value, max);
  }
  std::string allowed() const;
};

/// A text of this form.
struct Form {
  bool (*check)(std::string_view);
  std::string_view words;
  std::string_view schema;  ///< keywords of JSON Schema that say this, too: `"minLength": 1`

  bool holds(std::string_view value) const { return check(value); }
  std::string allowed() const { return std::string(words); }
};

/// What the rule says, or, of a property that need not be there, "": that counts as absent.
template <class Rule>
struct OrEmpty {
  Rule rule;

  bool holds(std::string_view value) const { return value.empty() || rule.holds(value); }
  std::string allowed() const { return rule.allowed(); }
};

template <class Rule>
OrEmpty(Rule) -> OrEmpty<Rule>;  // clang 14 finds none for an aggregate

template <class Rule>
struct IsOrEmpty : std::false_type {};
template <class Rule>
struct IsOrEmpty<OrEmpty<Rule>> : std::true_type {};

extern const Form kAbsolutePath;
extern const Form kNotEmpty;
extern const Form kVersion1;  ///< CF-VER-1, CF-VER-2
extern const Form kVariable;  ///< NAME=value
extern const Form kHostName;
extern const Form kDeviceAccess;  ///< letters of r w m
extern const Form kPageSize;      ///< 64KB, 2MB, 1GB
extern const Form kInterfaceName;
extern const Form kNumberList;      ///< 0-3,6
extern const Form kFileName;        ///< without a slash
extern const Form kClassOfService;  ///< of resctrl
extern const Form kOneWord;
extern const Form kOneLine;
extern const Form kBandwidthSchema;  ///< of resctrl

/// What JSON Schema can say of a rule across members, as keywords for their object. Whoever reads
/// the rule in describe() sees both forms of it.
struct Clause {
  std::string_view schema;
};

inline constexpr Range kPositive{1, INT64_MAX};
/// A user or a group. To the kernel the number after the last one means none, and to setresuid(2)
/// "leave it as it is": taken for an id, it would leave the program root's.
inline constexpr std::uint32_t kLastId = UINT32_MAX - 1;
inline constexpr Range kId{0, kLastId};
/// The kernel's numbers have 12 and 20 bits; whether one exists is for the host to say.
inline constexpr Range kDeviceNumber{0, UINT32_MAX};

}  // namespace berth::spec
