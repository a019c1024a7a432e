// What a property's value may be, as small constants that describe() names. A rule says whether a
// value holds, and in words what is allowed. Of an array it is about each element, of a map about
// each name.
#pragma once

#include <concepts>
#include <cstdint>
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

inline constexpr Range kPositive{1, INT64_MAX};
/// A user or a group. To the kernel the number after the last one means none, and to setresuid(2)
/// "leave it as it is": taken for an id, it would leave the program root's.
inline constexpr std::uint32_t kLastId = UINT32_MAX - 1;
inline constexpr Range kId{0, kLastId};
/// The kernel's numbers have 12 and 20 bits; whether one exists is for the host to say.
inline constexpr Range kDeviceNumber{0, UINT32_MAX};

}  // namespace berth::spec
