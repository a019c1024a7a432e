#include "spec/config/unknown.h"

#include <algorithm>
#include <numeric>

#include "spec/config/config.h"
#include "spec/json/json.h"
#include "spec/json/locate.h"
#include "spec/json/reader.h"

namespace berth::spec {

namespace {

/// The properties of config.md for platforms other than Linux, by the object that has them.
struct OtherPlatforms {
  std::string_view pointer;
  Words names;
};
constexpr OtherPlatforms kOtherPlatforms[] = {
    {"", {"windows solaris vm zos freebsd"}},
    {"/process", {"commandLine"}},
    {"/process/user", {"username"}},
};

bool is_of_another_platform(const std::string& pointer, std::string_view name) {
  return std::any_of(
      std::begin(kOtherPlatforms), std::end(kOtherPlatforms),
      [&](const OtherPlatforms& row) { return row.pointer == pointer && row.names.holds(name); });
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// The number of letters to insert, delete, replace or swap with their neighbour (optimal string
/// alignment); only three rows of the table are kept.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> before(other.size() + 1), above(before), row(before);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= one.size(); i++) {
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); j++) {
      const bool same = lower(one[i - 1]) == lower(other[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(one[i - 1]) == lower(other[j - 2]) &&
                           lower(one[i - 2]) == lower(other[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above.back();
}

/// The visitor that finds members which the struct lacks or whose value counts as absent.
class Finder : public WithoutChecks {
 public:
  Finder(const Cursor& object, IgnoredProperties& found) : object_(object), found_(found) {}

  template <class T, class Rule = Any>
  void required(std::string_view name, T& field, const Rule& = {}) {
    names_.push_back(name);
    const Cursor member = object_.member(name);
    if (member.exists()) visit(member, field, found_);
  }
  template <class T, class Rule = Any>
  void optional(std::string_view name, T& field, const Rule& rule = {}) {
    required(name, field);
    const Cursor member = object_.member(name);
    if (!member.exists()) return;
    if (member.is_null()) {
      found_.empty.add(member.pointer(), "null counts as absent");
    } else if (StructReader::is_empty_for_absent(member, rule)) {
      found_.empty.add(member.pointer(), "an empty string counts as absent");
    }
  }

  /// `shape` matters for its type only.
  template <class T>
  static void visit(const Cursor& at, T& shape, IgnoredProperties& found) {
    if constexpr (IsOptional<T>::value) {
      visit(at, shape.emplace(), found);
    } else if constexpr (IsArray<T>::value) {
      typename T::value_type element{};
      for (std::size_t i = 0; at.is_array() && i < at.size(); i++) visit(at.at(i), element, found);
    } else if constexpr (IsMap<T>::value) {
      typename T::mapped_type element{};
      for (std::size_t i = 0; at.is_object() && i < at.size(); i++) visit(at.at(i), element, found);
    } else if constexpr (!Scalar<T>) {
      if (!at.is_object()) return;
      Finder finder(at, found);
      describe(finder, shape);
      finder.report();
    }
  }

 private:
  void report() const {
    for (std::size_t i = 0; i < object_.size(); i++) {
      const Cursor member = object_.at(i);
      const std::string_view name = member.name();
      const bool known = std::find(names_.begin(), names_.end(), name) != names_.end();
      if (known || is_of_another_platform(object_.pointer(), name)) continue;
      // Comparing names is slow, so it ends when the list of problems is full.
      const std::string meant =
          found_.unknown.is_full() ? std::string() : closest_name(name, names_);
      found_.unknown.add(member.pointer(),
                         meant.empty()
                             ? "unknown property, ignored"
                             : "unknown property, ignored; did you mean '" + meant + "'?");
    }
  }

  const Cursor& object_;
  IgnoredProperties& found_;
  std::vector<std::string_view> names_;
};

}  // namespace

std::string closest_name(std::string_view name, const std::vector<std::string_view>& names) {
  constexpr std::size_t kLongest = 64;  // every known name is shorter, and a document's may be huge
  std::string_view best;
  std::size_t least = name.size() / 3 + 1;  // a greater distance means another word
  if (name.size() > kLongest) return {};
  for (const std::string_view other : names) {
    const std::size_t changes = distance(name, other);
    if (changes > least || changes >= other.size()) continue;
    if (best.empty() || changes < least) best = other;
    least = changes;
  }
  return std::string(best);
}

IgnoredProperties find_ignored_properties(const std::string& bytes) {
  Problems none;
  IgnoredProperties found;
  Document document(bytes, none);
  Config shape;
  if (document.parsed()) Finder::visit(document.root(), shape, found);
  locate(bytes, found.unknown);
  locate(bytes, found.empty);
  return found;
}

}  // namespace berth::spec
